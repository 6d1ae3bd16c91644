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
    /// Its name in German, without an article, as it stands in brackets or a list.
    pub de: &'static str,
    /// Its name in French, without an article, as it stands in brackets or a list.
    pub fr: &'static str,
    /// The supervisory authority by its own name; where there are several (Germany has one for each Land), what they are
    /// called, with a site that leads to all.
    pub authority: &'static str,
    /// The authority's site.
    pub site: &'static str,
}

impl Country {
    /// Its name in a language.
    pub fn name(&self, language: Language) -> &'static str {
        match language {
            Language::Nl => self.nl,
            Language::En => self.en,
            Language::De => self.de,
            Language::Fr => self.fr,
        }
    }
}

/// The country, where it is in the EEA.
pub fn country(code: &CountryCode) -> Option<&'static Country> {
    COUNTRIES.iter().find(|country| country.code == code.as_str())
}

/// The name of the country with that code; the code where the country is elsewhere.
pub fn name_of(code: &str, language: Language) -> &str {
    let elsewhere = || ELSEWHERE.iter().find(|country| country.code == code);
    let found = COUNTRIES.iter().find(|country| country.code == code).or_else(elsewhere);
    found.map_or(code, |country| country.name(language))
}

/// Countries outside the EEA in which somebody on an egress list is often established; nobody complains to an authority there.
const ELSEWHERE: [Country; 3] = [
    row("CH", ["Zwitserland", "Switzerland", "Schweiz", "Suisse"], "", ""),
    row("GB", ["Verenigd Koninkrijk", "United Kingdom", "Vereinigtes Königreich", "Royaume-Uni"], "", ""),
    row("US", ["Verenigde Staten", "United States", "Vereinigte Staaten", "États-Unis"], "", ""),
];

/// The name in a language; the code where the country is elsewhere.
pub fn name(code: &CountryCode, language: Language) -> String {
    name_of(code.as_str(), language).to_owned()
}

const fn row(code: &'static str, names: [&'static str; 4], authority: &'static str, site: &'static str) -> Country {
    let [nl, en, de, fr] = names;
    Country { code, nl, en, de, fr, authority, site }
}

/// All of them, by code; the European Data Protection Board lists the authorities as its members.
pub const COUNTRIES: [Country; 30] = [
    row(
        "AT",
        ["Oostenrijk", "Austria", "Österreich", "Autriche"],
        "Österreichische Datenschutzbehörde",
        "https://www.dsb.gv.at",
    ),
    row(
        "BE",
        ["België", "Belgium", "Belgien", "Belgique"],
        "Gegevensbeschermingsautoriteit – Autorité de protection des données",
        "https://www.gegevensbeschermingsautoriteit.be",
    ),
    row(
        "BG",
        ["Bulgarije", "Bulgaria", "Bulgarien", "Bulgarie"],
        "Комисия за защита на личните данни",
        "https://www.cpdp.bg",
    ),
    row(
        "CY",
        ["Cyprus", "Cyprus", "Zypern", "Chypre"],
        "Office of the Commissioner for Personal Data Protection",
        "https://www.dataprotection.gov.cy",
    ),
    row(
        "CZ",
        ["Tsjechië", "Czechia", "Tschechien", "Tchéquie"],
        "Úřad pro ochranu osobních údajů",
        "https://www.uoou.gov.cz",
    ),
    row(
        "DE",
        ["Duitsland", "Germany", "Deutschland", "Allemagne"],
        "Datenschutzaufsichtsbehörde des Landes",
        "https://www.datenschutzkonferenz-online.de",
    ),
    row("DK", ["Denemarken", "Denmark", "Dänemark", "Danemark"], "Datatilsynet", "https://www.datatilsynet.dk"),
    row("EE", ["Estland", "Estonia", "Estland", "Estonie"], "Andmekaitse Inspektsioon", "https://www.aki.ee"),
    row(
        "ES",
        ["Spanje", "Spain", "Spanien", "Espagne"],
        "Agencia Española de Protección de Datos",
        "https://www.aepd.es",
    ),
    row(
        "FI",
        ["Finland", "Finland", "Finnland", "Finlande"],
        "Tietosuojavaltuutetun toimisto",
        "https://tietosuoja.fi",
    ),
    row(
        "FR",
        ["Frankrijk", "France", "Frankreich", "France"],
        "Commission nationale de l’informatique et des libertés",
        "https://www.cnil.fr",
    ),
    row(
        "GR",
        ["Griekenland", "Greece", "Griechenland", "Grèce"],
        "Αρχή Προστασίας Δεδομένων Προσωπικού Χαρακτήρα",
        "https://www.dpa.gr",
    ),
    row("HR", ["Kroatië", "Croatia", "Kroatien", "Croatie"], "Agencija za zaštitu osobnih podataka", "https://azop.hr"),
    row(
        "HU",
        ["Hongarije", "Hungary", "Ungarn", "Hongrie"],
        "Nemzeti Adatvédelmi és Információszabadság Hatóság",
        "https://www.naih.hu",
    ),
    row(
        "IE",
        ["Ierland", "Ireland", "Irland", "Irlande"],
        "Data Protection Commission",
        "https://www.dataprotection.ie",
    ),
    row("IS", ["IJsland", "Iceland", "Island", "Islande"], "Persónuvernd", "https://www.personuvernd.is"),
    row(
        "IT",
        ["Italië", "Italy", "Italien", "Italie"],
        "Garante per la protezione dei dati personali",
        "https://www.garanteprivacy.it",
    ),
    row(
        "LI",
        ["Liechtenstein", "Liechtenstein", "Liechtenstein", "Liechtenstein"],
        "Datenschutzstelle",
        "https://www.datenschutzstelle.li",
    ),
    row(
        "LT",
        ["Litouwen", "Lithuania", "Litauen", "Lituanie"],
        "Valstybinė duomenų apsaugos inspekcija",
        "https://vdai.lrv.lt",
    ),
    row(
        "LU",
        ["Luxemburg", "Luxembourg", "Luxemburg", "Luxembourg"],
        "Commission nationale pour la protection des données",
        "https://cnpd.public.lu",
    ),
    row("LV", ["Letland", "Latvia", "Lettland", "Lettonie"], "Datu valsts inspekcija", "https://www.dvi.gov.lv"),
    row(
        "MT",
        ["Malta", "Malta", "Malta", "Malte"],
        "Office of the Information and Data Protection Commissioner",
        "https://idpc.org.mt",
    ),
    row(
        "NL",
        ["Nederland", "the Netherlands", "Niederlande", "Pays-Bas"],
        "Autoriteit Persoonsgegevens",
        "https://www.autoriteitpersoonsgegevens.nl",
    ),
    row("NO", ["Noorwegen", "Norway", "Norwegen", "Norvège"], "Datatilsynet", "https://www.datatilsynet.no"),
    row("PL", ["Polen", "Poland", "Polen", "Pologne"], "Urząd Ochrony Danych Osobowych", "https://uodo.gov.pl"),
    row(
        "PT",
        ["Portugal", "Portugal", "Portugal", "Portugal"],
        "Comissão Nacional de Proteção de Dados",
        "https://www.cnpd.pt",
    ),
    row(
        "RO",
        ["Roemenië", "Romania", "Rumänien", "Roumanie"],
        "Autoritatea Națională de Supraveghere a Prelucrării Datelor cu Caracter Personal",
        "https://www.dataprotection.ro",
    ),
    row("SE", ["Zweden", "Sweden", "Schweden", "Suède"], "Integritetsskyddsmyndigheten", "https://www.imy.se"),
    row("SI", ["Slovenië", "Slovenia", "Slowenien", "Slovénie"], "Informacijski pooblaščenec", "https://www.ip-rs.si"),
    row(
        "SK",
        ["Slowakije", "Slovakia", "Slowakei", "Slovaquie"],
        "Úrad na ochranu osobných údajov",
        "https://dataprotection.gov.sk",
    ),
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
            assert!(Language::ALL.iter().all(|language| !country.name(*language).is_empty()), "{country:?}");
        }
    }
}
