//! The JSON Schema of an inventory, made from the table of keys, for editors that complete and check while one writes.

use super::forms::{Form, MEMORY_MIB};
use super::keys::{Holds, INVENTORY, Key, Presence};
use crate::model::values::EEA;
use serde_json::{Map, Value, json};

/// The schema (JSON Schema, draft 2020-12).
///
/// It is a little more lenient than the loader where a regular expression would be unreadable.
pub fn schema() -> Value {
    let mut schema = section(INVENTORY);
    if let Value::Object(fields) = &mut schema {
        fields.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        fields.insert("title".to_owned(), json!("Inventory of vc4all-deploy"));
    }
    schema
}

fn section(keys: &[Key]) -> Value {
    let properties: Map<_, _> = keys.iter().map(|key| (key.name.to_owned(), property(key))).collect();
    let required = keys.iter().filter(|key| matches!(key.presence, Presence::Required)).map(|key| key.name);
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": required.collect::<Vec<_>>(),
        "properties": properties,
    })
}

fn property(key: &Key) -> Value {
    let mut value = match &key.holds {
        Holds::Section(keys) => section(keys),
        Holds::Items(keys) => json!({ "type": "array", "items": section(keys) }),
        Holds::Choice(words) => json!({ "type": "string", "enum": words }),
        Holds::Words(words) => json!({
            "type": "array", "minItems": 1, "uniqueItems": true, "items": { "type": "string", "enum": words },
        }),
        Holds::Text(form) => text(*form),
        Holds::Texts(form) => json!({ "type": "array", "uniqueItems": true, "items": text(*form) }),
        Holds::Number { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Holds::Memory => json!({ "anyOf": [
            { "type": "integer", "minimum": MEMORY_MIB.start(), "maximum": MEMORY_MIB.end() },
            { "type": "string", "pattern": "^[0-9]+ *([MG]iB)?$" },
        ]}),
        Holds::Switch => json!({ "type": "boolean" }),
    };
    if let Value::Object(fields) = &mut value {
        fields.insert("description".to_owned(), json!(key.help));
        if let Presence::Default(yaml) = key.presence {
            // The table's defaults are YAML; one that could not be read would be missed by the test of this file.
            if let Ok(default) = serde_yaml::from_str::<Value>(yaml) {
                fields.insert("default".to_owned(), default);
            }
        }
    }
    value
}

fn text(form: Form) -> Value {
    let pattern = match form {
        Form::Line(_) => return json!({ "type": "string", "minLength": 1, "maxLength": 200 }),
        Form::Country => return json!({ "type": "string", "enum": EEA }),
        Form::Authority => {
            return json!({ "anyOf": [
                { "enum": ["letsencrypt", "letsencrypt-staging"] },
                { "type": "string", "pattern": "^https://" },
            ]});
        }
        Form::Path(_) => return json!({ "type": "string", "minLength": 1, "maxLength": 500 }),
        Form::Ip => {
            return json!({ "anyOf": [{ "type": "string", "format": "ipv4" }, { "type": "string", "format": "ipv6" }] });
        }
        // A host name, one with *. before it, or an address.
        Form::Subject => r"^([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*|(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+)$",
        Form::Domain(_) => r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+$",
        Form::Email => r"^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$",
        Form::WebAddress => "^https?://",
        Form::MailServer => r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+(:[0-9]{1,5})?$",
        Form::Stun => "^stun:[a-z0-9.-]+(:[0-9]+)?$",
        Form::HostKeyPin => "^SHA256:[A-Za-z0-9+/]{43}$",
        Form::Fingerprint => "^([0-9A-Fa-f] *){40}$",
        Form::Address => r"^(\[?[0-9A-Fa-f:.]+\]?|[A-Za-z0-9_][A-Za-z0-9._-]*)$",
        Form::Clock => "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        Form::Login => "^[a-z_][a-z0-9_.-]{0,31}$",
        Form::Https | Form::Directory | Form::LoginPage => "^https://",
        Form::TokenWord(_) => "^[A-Za-z0-9._~:/@+=-]{1,200}$",
        Form::Version => "^[0-9][0-9A-Za-z.+~:-]{0,99}$",
        Form::Day => "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        Form::Account => "^[a-z0-9][a-z0-9._-]{1,31}$",
    };
    json!({ "type": "string", "pattern": pattern })
}
