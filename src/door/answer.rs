//! What goes back to the browser. The headers that are the same for the whole site are nginx's.

use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, SET_COOKIE};
use http::{Response, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;

/// An answer: a status, a page or nothing, and the few headers that are the door's own.
pub(super) struct Answer {
    status: StatusCode,
    page: String,
    headers: Vec<(HeaderName, String)>,
}

impl Answer {
    /// A page.
    pub(super) fn page(status: StatusCode, page: String) -> Self {
        Self { status, page, headers: Vec::new() }
    }

    /// Sends the browser elsewhere on this host by GET (RFC 9110 §15.4.4); `place` begins with one slash.
    pub(super) fn see(place: String) -> Self {
        Self { status: StatusCode::SEE_OTHER, page: String::new(), headers: vec![(LOCATION, place)] }
    }

    /// The same with a cookie, set or taken away.
    pub(super) fn cookie(self, line: String) -> Self {
        self.header(SET_COOKIE, line)
    }

    /// The same with the seconds after which another attempt makes sense.
    pub(super) fn retry_after(self, seconds: u64) -> Self {
        self.header(RETRY_AFTER, seconds.to_string())
    }

    /// The same with the methods that the place knows.
    pub(super) fn allow(self, methods: &str) -> Self {
        self.header(ALLOW, methods.to_owned())
    }

    fn header(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// As the server sends it. A value that is no header's value empties the answer: nothing that was asked can split it.
    pub(super) fn response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(Bytes::from(self.page)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        for (name, value) in self.headers {
            let Ok(mut value) = HeaderValue::from_str(&value) else { return broken() };
            value.set_sensitive(name == SET_COOKIE || name == LOCATION);
            headers.append(name, value);
        }
        response
    }
}

fn broken() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
