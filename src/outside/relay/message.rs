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
