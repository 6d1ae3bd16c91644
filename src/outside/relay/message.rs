//! Messages of STUN and TURN: requests are written, answers are read.

use super::{Credentials, Reply};
use anyhow::{Context as _, Result, anyhow};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use stun_types::attribute::{ErrorCode, Nonce, Realm, Username, XorMappedAddress};
use stun_types::message::{
    BINDING, IntegrityAlgorithm, IntegrityKey, LongTermKeyCredentials, Message, MessageClass, MessageHeader,
    MessageWriteVec, Method, TransactionId,
};
use stun_types::prelude::{MessageWrite as _, MessageWriteExt as _};
use turn_client_proto::types::AddressFamily;
use turn_client_proto::types::attribute::{
    ChannelNumber, Lifetime, RequestedAddressFamily, RequestedTransport, XorPeerAddress, XorRelayedAddress,
};
use turn_client_proto::types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH};

/// What a success carries that has no address to give.
const NOBODY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
/// A port at a peer: permissions are for all of them.
const PEER_PORT: u16 = 40_000;

/// A request and the number by which its answer is known.
pub(super) struct Request {
    pub(super) id: TransactionId,
    pub(super) bytes: Vec<u8>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wish {
    /// Our own address.
    Binding,
    /// A relayed address of this family, for datagrams.
    Allocate(AddressFamily),
    /// To pass on to a peer.
    Permission(IpAddr),
    /// To pass on to a peer through the channel of this number.
    Channel(IpAddr, u16),
    /// To give the allocation back.
    Free,
}

impl Wish {
    fn method(self) -> Method {
        match self {
            Self::Binding => BINDING,
            Self::Allocate(_) => ALLOCATE,
            Self::Permission(_) => CREATE_PERMISSION,
            Self::Channel(..) => CHANNEL_BIND,
            Self::Free => REFRESH,
        }
    }
}

/// With what requests are signed (RFC 8489 §9.2).
pub(super) struct Seal {
    username: Username,
    realm: Realm,
    nonce: Nonce,
    key: IntegrityKey,
}

impl Seal {
    /// For a realm and a nonce that the server just gave.
    ///
    /// # Errors
    /// When the name is too long for a message.
    pub(super) fn new(challenge: &Challenge, credentials: &Credentials) -> Result<Self> {
        let name = credentials.username.reveal();
        let username = Username::new(name).map_err(|_| anyhow!("the name is too long"))?;
        let password = credentials.password.reveal().clone();
        let key = LongTermKeyCredentials::new(name.clone(), password, challenge.realm.realm().to_owned());
        let key = key.make_key(IntegrityAlgorithm::Sha1);
        Ok(Self { username, realm: challenge.realm.clone(), nonce: challenge.nonce.clone(), key })
    }
}

/// What a server says that wants credentials (RFC 8489 §9.2.4).
pub(super) struct Challenge {
    realm: Realm,
    nonce: Nonce,
}

/// Writes a request.
///
/// # Errors
/// When it is longer than a message may be.
pub(super) fn request(wish: Wish, seal: Option<&Seal>) -> Result<Request> {
    let mut message = Message::builder_request(wish.method(), MessageWriteVec::new());
    let id = message.transaction_id();
    let peer = |address: IpAddr| XorPeerAddress::new(SocketAddr::new(address, PEER_PORT), id);
    match wish {
        Wish::Binding => {}
        Wish::Allocate(family) => {
            message.add_attribute(&RequestedTransport::new(RequestedTransport::UDP))?;
            message.add_attribute(&RequestedAddressFamily::new(family))?;
        }
        Wish::Permission(address) => message.add_attribute(&peer(address))?,
        Wish::Channel(address, number) => {
            message.add_attribute(&ChannelNumber::new(number))?;
            message.add_attribute(&peer(address))?;
        }
        Wish::Free => message.add_attribute(&Lifetime::new(0))?,
    }
    if let Some(seal) = seal {
        message.add_attribute(&seal.username)?;
        message.add_attribute(&seal.realm)?;
        message.add_attribute(&seal.nonce)?;
        message.add_message_integrity_with_key(&seal.key, IntegrityAlgorithm::Sha1)?;
    }
    Ok(Request { id, bytes: message.finish() })
}

/// The whole length of the message whose first bytes these are; nothing when they are too few, or no message.
pub(super) fn length(head: &[u8]) -> Result<Option<usize>> {
    let Some(head) = head.get(..MessageHeader::LENGTH) else { return Ok(None) };
    let header = MessageHeader::from_bytes(head).context("no message of STUN")?;
    Ok(Some(MessageHeader::LENGTH + usize::from(header.data_length())))
}

/// The number of the request that the message answers; nothing when it answers none.
pub(super) fn answered(bytes: &[u8]) -> Option<TransactionId> {
    let message = Message::from_bytes(bytes).ok()?;
    message.is_response().then(|| message.transaction_id())
}

/// What an answer says; a success that does not prove to know the password is none (RFC 8489 §9.2.5).
pub(super) fn reply(bytes: &[u8], seal: Option<&Seal>) -> Reply {
    let Ok(message) = Message::from_bytes(bytes) else {
        return Reply::Silent("the answer is no message of STUN".to_owned());
    };
    if message.class() == MessageClass::Error {
        let code = message.attribute::<ErrorCode>();
        return code
            .map_or_else(|_| Reply::Silent("an error without a number".to_owned()), |e| Reply::Refused(e.code()));
    }
    if seal.is_some_and(|seal| message.validate_integrity_with_key(&seal.key).is_err()) {
        return Reply::Silent("the answer is not signed with the password".to_owned());
    }
    let id = message.transaction_id();
    let seen = match message.method() {
        BINDING => message.attribute::<XorMappedAddress>().map(|address| address.addr(id)),
        ALLOCATE => message.attribute::<XorRelayedAddress>().map(|address| address.addr(id)),
        _ => Ok(NOBODY),
    };
    seen.map_or_else(|_| Reply::Silent("a success without an address".to_owned()), Reply::Gave)
}

/// The realm and the nonce of a refusal, where there are both.
pub(super) fn challenge(bytes: &[u8]) -> Option<Challenge> {
    let message = Message::from_bytes(bytes).ok()?;
    Some(Challenge { realm: message.attribute().ok()?, nonce: message.attribute().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret::Secret;
    use proptest::prelude::*;

    fn challenge_text() -> Vec<u8> {
        let asked = request(Wish::Allocate(AddressFamily::IPV4), None).unwrap();
        let mut refusal = Message::builder_error(&Message::from_bytes(&asked.bytes).unwrap(), MessageWriteVec::new());
        refusal.add_attribute(&ErrorCode::new(401, "Unauthorized").unwrap()).unwrap();
        refusal.add_attribute(&Realm::new("vergaderen.voorbeeldstad.nl").unwrap()).unwrap();
        refusal.add_attribute(&Nonce::new("n0nce").unwrap()).unwrap();
        refusal.finish()
    }

    fn seal(password: &str) -> Seal {
        let secret = |text: &str| Secret::new(text.to_owned());
        let credentials = Credentials { username: secret("1:guest"), password: secret(password) };
        Seal::new(&challenge(&challenge_text()).unwrap(), &credentials).unwrap()
    }

    fn given(seal: Option<&Seal>, relayed: &str) -> Vec<u8> {
        let asked = request(Wish::Allocate(AddressFamily::IPV6), None).unwrap();
        let asked = Message::from_bytes(&asked.bytes).unwrap();
        let mut answer = Message::builder_success(&asked, MessageWriteVec::new());
        let id = asked.transaction_id();
        answer.add_attribute(&XorRelayedAddress::new(relayed.parse().unwrap(), id)).unwrap();
        if let Some(seal) = seal {
            answer.add_message_integrity_with_key(&seal.key, IntegrityAlgorithm::Sha1).unwrap();
        }
        answer.finish()
    }

    #[test]
    fn a_refusal_tells_its_number_and_what_to_sign_with() {
        let text = challenge_text();
        assert_eq!(reply(&text, None), Reply::Refused(401));
        assert_eq!(reply(&text, Some(&seal("x"))), Reply::Refused(401));
        let signed = request(Wish::Permission("::1".parse().unwrap()), Some(&seal("word"))).unwrap();
        let signed = Message::from_bytes(&signed.bytes).unwrap();
        assert!(signed.validate_integrity_with_key(&seal("word").key).is_ok());
        assert!(signed.validate_integrity_with_key(&seal("other").key).is_err());
        let peer: XorPeerAddress = signed.attribute().unwrap();
        assert_eq!(peer.addr(signed.transaction_id()), "[::1]:40000".parse().unwrap());
    }

    #[test]
    fn an_address_counts_only_from_whoever_knows_the_password() {
        let relayed = "[2001:db8::1]:49160";
        let gave = Reply::Gave(relayed.parse().unwrap());
        assert_eq!(reply(&given(None, relayed), None), gave);
        assert_eq!(reply(&given(Some(&seal("word")), relayed), Some(&seal("word"))), gave);
        for forged in [given(None, relayed), given(Some(&seal("other")), relayed)] {
            assert!(matches!(reply(&forged, Some(&seal("word"))), Reply::Silent(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0..200_usize) {
            let seal = seal("word");
            // Bytes of chance alone would never get past the header.
            let mut near = given(Some(&seal), "[2001:db8::1]:49160");
            let at = cut % near.len();
            near.splice(at.., bytes.iter().copied());
            for text in [&bytes, &near] {
                let _ = (length(text), answered(text), challenge(text).is_some(), reply(text, Some(&seal)));
                prop_assert!(!matches!(reply(&bytes, None), Reply::Gave(_)));
            }
        }
    }
}
