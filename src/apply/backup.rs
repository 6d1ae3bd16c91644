//! The steps that put what a backup brings in its place; what is secret travels beside the lines and never in them.

use super::step::{DATA, Data, Step};
use crate::model::backup::{Brought, BroughtCertificate};
use crate::model::names::LoginName;
use crate::model::resource::{Access, SelfSigned};
use crate::model::tls::Authority;

/// The step for something of a backup.
pub(super) fn step(brought: &Brought) -> Step {
    let step = match brought {
        Brought::Secret(name) => {
            Step::new(format!("bring the secret {name} from the backup"), format!("bring_secret\t{DATA}\t{name}"))
        }
        Brought::AuthorityAccount => {
            Step::new("bring the account at the authority from the backup", format!("bring_authority_account\t{DATA}"))
        }
        Brought::SelfSigned(pair) => self_signed(pair),
        Brought::Certificate(certificate) => self::certificate(certificate),
        Brought::Accounts(accounts) => self::accounts(accounts),
    };
    step.carrying(Data::Brought(Box::new(brought.clone())))
}

fn self_signed(pair: &SelfSigned) -> Step {
    let Access { owner, group, mode } = &pair.access;
    let SelfSigned { name, key, certificate, .. } = pair;
    let line = format!("bring_pair\t{DATA}\t{key}\t{certificate}\t{owner}\t{group}\t{mode:o}");
    Step::new(format!("bring the key and certificate for {name} from the backup"), line)
}

fn certificate(brought: &BroughtCertificate) -> Step {
    let authority = &brought.wanted.authority;
    // A chain that nobody trusts must not make browsers insist on TLS.
    let hsts = match authority {
        Authority::LetsEncrypt | Authority::Other(_) => "hsts",
        Authority::LetsEncryptStaging => "none",
    };
    let line = format!("bring_certificate\t{DATA}\t{}\t{}\t{hsts}", brought.serial, authority.directory());
    Step::new("bring the certificate from the backup", line)
}

fn accounts(accounts: &[LoginName]) -> Step {
    let count = accounts.len();
    let what = if count == 1 { "1 account".to_owned() } else { format!("{count} accounts") };
    Step::new(format!("bring {what} of meeting hosts from the backup"), format!("bring_accounts\t{DATA}"))
}
