//! What the host is told about alerts: the part of its standing order that says whom it tells.

use super::alerts::{Alerts, MailLogin, MailRoute, MailServer};
use super::deployment::Language;
use super::names::{HostPath, SecretName};
use super::values::{Email, Line};
use anyhow::Result;
use serde::{Deserialize, Serialize};

/// Who is told. What is secret about it stands in files of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertOrder {
    /// The language in which the news is told, beside English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The file with the address of a service that takes a message over HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<HostPath>,
    /// A mailbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailOrder>,
}

/// A mailbox, and the server that takes mail for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailOrder {
    /// Who gets the mail.
    pub to: Email,
    /// As whom the host writes.
    pub from: Email,
    /// The server.
    pub server: MailServer,
    /// How the host logs in there; nothing where the server knows it by its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<LoginOrder>,
}

/// A name and a password at a mail server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginOrder {
    /// The name.
    pub user: Line,
    /// The file with the password.
    pub password: HostPath,
}

/// The secret that is the address of the service for messages.
pub const WEBHOOK_SECRET: &str = "alertwebhook";
/// The secret that is the password at the mail server.
pub const MAIL_SECRET: &str = "alertmail";

impl AlertOrder {
    /// Whether nobody is told.
    pub fn is_empty(&self) -> bool {
        self.webhook.is_none() && self.mail.is_none()
    }

    /// What a host is told of an instance's alerts.
    ///
    /// # Errors
    /// Never: the names of both secrets are plain.
    pub fn of(alerts: &Alerts, language: Option<Language>) -> Result<Self> {
        let secret = |name: &str| SecretName::new(name).map(|name| name.path());
        let login = |login: &MailLogin| -> Result<LoginOrder> {
            Ok(LoginOrder { user: login.user.clone(), password: secret(MAIL_SECRET)? })
        };
        let mail = |route: &MailRoute| -> Result<MailOrder> {
            let (to, from, server) = (route.to.clone(), route.from.clone(), route.server.clone());
            Ok(MailOrder { to, from, server, login: route.login.as_ref().map(login).transpose()? })
        };
        let webhook = alerts.webhook.as_ref().map(|_| secret(WEBHOOK_SECRET)).transpose()?;
        let order = Self { language, webhook, mail: alerts.mail.as_ref().map(mail).transpose()? };
        Ok(if order.is_empty() { Self::default() } else { order })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::alerts::{Webhook, WebhookAddress};
    use crate::model::given::GivenFile;
    use crate::model::identity::Recipient;
    use crate::model::secret::Secret;
    use crate::model::values::CountryCode;

    fn alerts() -> Alerts {
        let email = |text: &str| Email::parse(text).unwrap();
        let recipient = Recipient {
            operator: Line::parse("Gemeente Voorbeeldstad").unwrap(),
            country: CountryCode::parse("NL").unwrap(),
        };
        let password = GivenFile { path: "/home/beheer/mail".into(), value: Secret::new("p4ssword".to_owned()) };
        Alerts {
            webhook: Some(Webhook {
                file: "/home/beheer/chat".into(),
                address: WebhookAddress::parse("https://chat.voorbeeldstad.nl/hooks/t0ken").ok(),
                recipient: recipient.clone(),
            }),
            mail: Some(MailRoute {
                to: email("beheer@voorbeeldstad.nl"),
                from: email("vergaderen@voorbeeldstad.nl"),
                server: MailServer::parse("mail.voorbeeldstad.nl:587").unwrap(),
                login: Some(MailLogin { user: Line::parse("vergaderen").unwrap(), password }),
                recipient,
            }),
        }
    }

    #[test]
    fn the_host_learns_where_its_secrets_stand_and_not_by_this() {
        let order = AlertOrder::of(&alerts(), Some(Language::Nl)).unwrap();
        let text = serde_json::to_string(&order).unwrap();
        assert!(
            text.contains("/etc/vc4all/secrets/alertwebhook") && text.contains("mail.voorbeeldstad.nl:587"),
            "{text}"
        );
        assert!(!text.contains("t0ken") && !text.contains("p4ssword") && !text.contains("/home"), "{text}");
        assert_eq!(serde_json::from_str::<AlertOrder>(&text).unwrap(), order);
    }

    #[test]
    fn nobody_to_tell_is_no_order_at_all() {
        let order = AlertOrder::of(&Alerts::default(), Some(Language::Nl)).unwrap();
        assert!(order.is_empty());
        assert_eq!(order, serde_json::from_str("{}").unwrap());
    }
}
