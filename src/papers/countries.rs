//! The countries where the GDPR holds: their names and the authority to which a person complains (GDPR art. 77).

use crate::model::deployment::Language;
use crate::model::values::CountryCode;

/// A country of the European Economic Area.
#[derive(Debug, Clone, Copy)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub code: &'static str,
    /// Its name in Dutch, as it stands in a sentence.
    pub nl: &'static str,
    /// Its name in English, as it stands in a sentence.
    pub en: &'static str,
    /// The supervisory authority by its own name; where there are several, the national one.
    pub authority: &'static str,
    /// The authority's site.
    pub site: &'static str,
}

/// The country, where it is in the EEA.
pub fn country(code: &CountryCode) -> Option<&'static Country> {
    COUNTRIES.iter().find(|country| country.code == code.as_str())
}

/// The name in a language; the code where the country is elsewhere.
pub fn name(code: &CountryCode, language: Language) -> String {
    let known = country(code).map(|country| match language {
        Language::Nl => country.nl,
        Language::En => country.en,
    });
    known.unwrap_or(code.as_str()).to_owned()
}

const fn row(code: &'static str, names: [&'static str; 2], authority: &'static str, site: &'static str) -> Country {
    Country { code, nl: names[0], en: names[1], authority, site }
}

/// All of them, by code; the European Data Protection Board lists the authorities as its members.
pub const COUNTRIES: [Country; 30] = [
    row("AT", ["Oostenrijk", "Austria"], "Österreichische Datenschutzbehörde", "https://www.dsb.gv.at"),
    row(
        "BE",
        ["België", "Belgium"],
        "Gegevensbeschermingsautoriteit – Autorité de protection des données",
        "https://www.gegevensbeschermingsautoriteit.be",
    ),
    row("BG", ["Bulgarije", "Bulgaria"], "Комисия за защита на личните данни", "https://www.cpdp.bg"),
    row(
        "CY",
        ["Cyprus", "Cyprus"],
        "Office of the Commissioner for Personal Data Protection",
        "https://www.dataprotection.gov.cy",
    ),
    row("CZ", ["Tsjechië", "Czechia"], "Úřad pro ochranu osobních údajů", "https://www.uoou.gov.cz"),
    row(
        "DE",
        ["Duitsland", "Germany"],
        "Die Bundesbeauftragte für den Datenschutz und die Informationsfreiheit",
        "https://www.bfdi.bund.de",
    ),
    row("DK", ["Denemarken", "Denmark"], "Datatilsynet", "https://www.datatilsynet.dk"),
    row("EE", ["Estland", "Estonia"], "Andmekaitse Inspektsioon", "https://www.aki.ee"),
    row("ES", ["Spanje", "Spain"], "Agencia Española de Protección de Datos", "https://www.aepd.es"),
    row("FI", ["Finland", "Finland"], "Tietosuojavaltuutetun toimisto", "https://tietosuoja.fi"),
    row("FR", ["Frankrijk", "France"], "Commission nationale de l’informatique et des libertés", "https://www.cnil.fr"),
    row("GR", ["Griekenland", "Greece"], "Αρχή Προστασίας Δεδομένων Προσωπικού Χαρακτήρα", "https://www.dpa.gr"),
    row("HR", ["Kroatië", "Croatia"], "Agencija za zaštitu osobnih podataka", "https://azop.hr"),
    row("HU", ["Hongarije", "Hungary"], "Nemzeti Adatvédelmi és Információszabadság Hatóság", "https://www.naih.hu"),
    row("IE", ["Ierland", "Ireland"], "Data Protection Commission", "https://www.dataprotection.ie"),
    row("IS", ["IJsland", "Iceland"], "Persónuvernd", "https://www.personuvernd.is"),
    row("IT", ["Italië", "Italy"], "Garante per la protezione dei dati personali", "https://www.garanteprivacy.it"),
    row("LI", ["Liechtenstein", "Liechtenstein"], "Datenschutzstelle", "https://www.datenschutzstelle.li"),
    row("LT", ["Litouwen", "Lithuania"], "Valstybinė duomenų apsaugos inspekcija", "https://vdai.lrv.lt"),
    row(
        "LU",
        ["Luxemburg", "Luxembourg"],
        "Commission nationale pour la protection des données",
        "https://cnpd.public.lu",
    ),
    row("LV", ["Letland", "Latvia"], "Datu valsts inspekcija", "https://www.dvi.gov.lv"),
    row("MT", ["Malta", "Malta"], "Office of the Information and Data Protection Commissioner", "https://idpc.org.mt"),
    row(
        "NL",
        ["Nederland", "the Netherlands"],
        "Autoriteit Persoonsgegevens",
        "https://www.autoriteitpersoonsgegevens.nl",
    ),
    row("NO", ["Noorwegen", "Norway"], "Datatilsynet", "https://www.datatilsynet.no"),
    row("PL", ["Polen", "Poland"], "Urząd Ochrony Danych Osobowych", "https://uodo.gov.pl"),
    row("PT", ["Portugal", "Portugal"], "Comissão Nacional de Proteção de Dados", "https://www.cnpd.pt"),
    row(
        "RO",
        ["Roemenië", "Romania"],
        "Autoritatea Națională de Supraveghere a Prelucrării Datelor cu Caracter Personal",
        "https://www.dataprotection.ro",
    ),
    row("SE", ["Zweden", "Sweden"], "Integritetsskyddsmyndigheten", "https://www.imy.se"),
    row("SI", ["Slovenië", "Slovenia"], "Informacijski pooblaščenec", "https://www.ip-rs.si"),
    row("SK", ["Slowakije", "Slovakia"], "Úrad na ochranu osobných údajov", "https://dataprotection.gov.sk"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::values::EEA;

    #[test]
    fn every_country_of_the_eea_has_an_authority_with_a_site() {
        let codes: Vec<_> = COUNTRIES.iter().map(|country| country.code).collect();
        assert_eq!(codes, EEA);
        for country in COUNTRIES {
            assert!(country.site.starts_with("https://") && !country.authority.is_empty(), "{country:?}");
        }
    }
}
