//! What a message says, in English and in each language of the pages.

use crate::model::deployment::Language;
use crate::renewal::alert::Event;

/// How long the certificate is still good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    Days(i64),
    Hours(i64),
    Minutes(i64),
    Nothing,
}

impl Left {
    /// This many seconds, in the greatest unit of which there are two.
    pub(super) fn of(seconds: i64) -> Self {
        match seconds {
            172_800.. => Self::Days(seconds / 86_400),
            7_200.. => Self::Hours(seconds / 3_600),
            0.. => Self::Minutes(seconds / 60),
            _ => Self::Nothing,
        }
    }
}

/// What happened, in one sentence.
pub(super) fn news(language: Language, event: Event, instance: &str) -> String {
    let (before, after) = match (language, event) {
        (Language::En, Event::Failing) => ("The certificate of ", " could not be renewed."),
        (Language::En, Event::RunningOut) => ("The certificate of ", " is about to run out."),
        (Language::En, Event::Well) => ("The certificate of ", " is in order again."),
        (Language::En, Event::Test) => ("This is a test message of ", "; nothing is wrong."),
        (Language::Nl, Event::Failing) => ("Het certificaat van ", " kon niet worden vernieuwd."),
        (Language::Nl, Event::RunningOut) => ("Het certificaat van ", " verloopt binnenkort."),
        (Language::Nl, Event::Well) => ("Het certificaat van ", " is weer in orde."),
        (Language::Nl, Event::Test) => ("Dit is een testbericht van ", "; er is niets aan de hand."),
        (Language::De, Event::Failing) => ("Das Zertifikat von ", " konnte nicht erneuert werden."),
        (Language::De, Event::RunningOut) => ("Das Zertifikat von ", " läuft bald ab."),
        (Language::De, Event::Well) => ("Das Zertifikat von ", " ist wieder in Ordnung."),
        (Language::De, Event::Test) => ("Dies ist eine Testnachricht von ", "; es ist alles in Ordnung."),
        (Language::Fr, Event::Failing) => ("Le certificat de ", " n'a pas pu être renouvelé."),
        (Language::Fr, Event::RunningOut) => ("Le certificat de ", " expire bientôt."),
        (Language::Fr, Event::Well) => ("Le certificat de ", " est de nouveau en ordre."),
        (Language::Fr, Event::Test) => ("Ceci est un message d'essai de ", " ; tout va bien."),
    };
    format!("{before}{instance}{after}")
}

/// How long the certificate is still good, in one sentence.
pub(super) fn left(language: Language, left: Left) -> String {
    let units = match language {
        Language::En => ["days", "hours", "minutes"],
        Language::Nl => ["dagen", "uur", "minuten"],
        Language::De => ["Tage", "Stunden", "Minuten"],
        Language::Fr => ["jours", "heures", "minutes"],
    };
    let [days, hours, minutes] = units;
    let (count, unit) = match left {
        Left::Days(count) => (count, days),
        Left::Hours(count) => (count, hours),
        Left::Minutes(count) => (count, minutes),
        Left::Nothing => return over(language).to_owned(),
    };
    match language {
        Language::En => format!("It is good for {count} {unit} more."),
        Language::Nl => format!("Het is nog {count} {unit} geldig."),
        Language::De => format!("Es gilt noch {count} {unit}."),
        Language::Fr => format!("Il est encore valable {count} {unit}."),
    }
}

fn over(language: Language) -> &'static str {
    match language {
        Language::En => "It has run out: browsers refuse to connect.",
        Language::Nl => "Het is verlopen: browsers weigeren de verbinding.",
        Language::De => "Es ist abgelaufen: Browser verweigern die Verbindung.",
        Language::Fr => "Il a expiré : les navigateurs refusent la connexion.",
    }
}
