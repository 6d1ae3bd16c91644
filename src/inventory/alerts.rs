//! Who is told when the host cannot renew its certificate: the keys of `alerts`, and what they mean.

use super::forms::{self, Form};
use super::keys::Holds::{Section as Keys, Text};
use super::keys::Presence::{Optional, Required};
use super::keys::{Key, key};
use super::resolve::Places;
use super::section::Section;
use crate::model::alerts::{Alerts, MailLogin, MailRoute, MailServer, Webhook};
use crate::model::given::GivenFile;
use crate::model::identity::Recipient;
use crate::model::values::{Email, Line};

/// The keys of `alerts`.
pub(super) const ALERTS: &[Key] = &[
    key(
        "webhook",
        Keys(WEBHOOK),
        Optional("no service is told"),
        "A service that takes messages over HTTPS, such as a chat. It learns the domain, when the certificate ends and why \
         renewing it fails.",
    ),
    key(
        "mail",
        Keys(MAIL),
        Optional("no mail is sent"),
        "A mailbox, which gets the same as a mail. The host hands it to one server, over TLS.",
    ),
];

const WEBHOOK: &[Key] = &[
    key(
        "address_file",
        Text(Form::Path("alerts/webhook")),
        Required,
        "File with the https:// address of the service and nothing else, relative to the folder of this file. Whoever knows \
         the address may write there, so it is a secret: it stands in no plan, list or record but for its host's name.",
    ),
    key("operator", Text(Form::Line("Stichting Voorbeeld")), Required, "Who runs the service."),
    key("country", Text(Form::Country), Required, "Where it runs, inside the EEA."),
];

const MAIL: &[Key] = &[
    key("to", Text(Form::Email), Required, "Who gets the mail."),
    key("from", Text(Form::Email), Required, "As whom the host writes."),
    key(
        "server",
        Text(Form::MailServer),
        Required,
        "The server that the host hands the mail to: its name, with a port where that is not 465. On port 465 TLS begins with \
         the connection, on any other with STARTTLS; there is no mail without TLS.",
    ),
    key(
        "user",
        Text(Form::Line("vergaderen@voorbeeldstad.nl")),
        Optional("the host does not log in, and the server has to know it by its address"),
        "As whom the host logs in at the server. Stands together with `password_file`.",
    ),
    key(
        "password_file",
        Text(Form::Path("alerts/password")),
        Optional("as for `alerts.mail.user`"),
        "File with the password and nothing else, relative to the folder of this file.",
    ),
    key("operator", Text(Form::Line("Gemeente Voorbeeldstad")), Required, "Who runs the server."),
    key("country", Text(Form::Country), Required, "Where it runs, inside the EEA."),
];

/// The choices of the section.
pub(super) fn alerts(at: &Section<'_>, places: Places<'_>) -> Alerts {
    Alerts { webhook: webhook(&at.section("webhook"), places), mail: mail(&at.section("mail"), places) }
}

fn webhook(at: &Section<'_>, places: Places<'_>) -> Option<Webhook> {
    let file = at.text("address_file", |text| places.resolve(text));
    let recipient = recipient(at);
    Some(Webhook { file: file?, address: None, recipient: recipient? })
}

fn mail(at: &Section<'_>, places: Places<'_>) -> Option<MailRoute> {
    let (to, from) = (at.text("to", Email::parse), at.text("from", Email::parse));
    let server = at.text("server", MailServer::parse);
    let (login, recipient) = (login(at, places), recipient(at));
    Some(MailRoute { to: to?, from: from?, server: server?, login, recipient: recipient? })
}

fn login(at: &Section<'_>, places: Places<'_>) -> Option<MailLogin> {
    let user = at.text("user", Line::parse);
    let password = at.text("password_file", |text| places.resolve(text)).map(GivenFile::at);
    at.pair("user", "password_file");
    Some(MailLogin { user: user?, password: password? })
}

fn recipient(at: &Section<'_>) -> Option<Recipient> {
    let operator = at.text("operator", Line::parse);
    let country = at.text("country", forms::eea_country);
    Some(Recipient { operator: operator?, country: country? })
}
