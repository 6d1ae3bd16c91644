//! What a page or a style sheet makes a browser load by itself; what a person clicks is no load.

/// A tag of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tag {
    /// In lower case.
    pub name: String,
    /// Names in lower case, values without references such as `&amp;`.
    pub attributes: Vec<(String, String)>,
    /// What a script or a style sheet in the page says.
    pub text: String,
}

/// Where a reference leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// To the site of the page itself, with path and query.
    Relative(String),
    /// To no site: the data stand in the reference.
    Inline,
    /// To a site that is named: the scheme in lower case, empty where it is the page's own; the host with its port.
    Named(String, String),
}

/// Elements whose content is text and not markup (HTML Standard §13.1.2).
const RAW: [&str; 4] = ["script", "style", "textarea", "title"];

/// Attributes that load on each element that has them.
const LOADING: [&str; 6] = ["src", "poster", "background", "data", "manifest", "srcset"];

/// Words of `rel` for which no browser loads a link's target by itself (HTML Standard §4.6.7).
const QUIET: [&str; 12] = [
    "alternate",
    "author",
    "bookmark",
    "canonical",
    "help",
    "license",
    "me",
    "next",
    "prev",
    "privacy-policy",
    "search",
    "terms-of-service",
];

impl Tag {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The opening tags of a page in their order; comments are left out.
pub fn tags(html: &str) -> Vec<Tag> {
    let (mut found, mut rest) = (Vec::new(), html);
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (mut tag, after) = tag(rest);
            rest = after;
            if RAW.contains(&tag.name.as_str()) {
                let end = closing(rest, &tag.name);
                rest[..end].clone_into(&mut tag.text);
                rest = &rest[end..];
            }
            found.push(tag);
        }
    }
    found
}

/// Where `</NAME` begins; the end of the text where nobody closes it.
fn closing(text: &str, name: &str) -> usize {
    let ends = |at: &usize| text[at + 2..].get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
    text.match_indices("</").map(|(at, _)| at).find(ends).unwrap_or(text.len())
}

fn tag(text: &str) -> (Tag, &str) {
    let end = text.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(text.len());
    let mut tag = Tag { name: text[..end].to_ascii_lowercase(), ..Tag::default() };
    let mut rest = &text[end..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() || rest.starts_with('>') {
            return (tag, rest.strip_prefix('>').unwrap_or(rest));
        }
        let end = 1 + rest
            .chars()
            .skip(1)
            .take_while(|c| !c.is_whitespace() && !"=>/".contains(*c))
            .map(char::len_utf8)
            .sum::<usize>();
        let end = (end..=rest.len()).find(|end| rest.is_char_boundary(*end)).unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        let (value, after) = value(rest[end..].trim_start());
        tag.attributes.push((name, plain(value)));
        rest = after;
    }
}

/// The value behind an equals sign, if there is one, and what follows.
fn value(text: &str) -> (&str, &str) {
    let Some(text) = text.strip_prefix('=') else { return ("", text) };
    let text = text.trim_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    text.split_at(text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len()))
}

/// The text with the character references that occur in addresses resolved.
fn plain(text: &str) -> String {
    let (mut said, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('&') {
        said.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let name = rest.split(';').next().unwrap_or_default();
        match reference(name) {
            Some(c) => {
                said.push(c);
                rest = &rest[name.len()..];
                rest = rest.strip_prefix(';').unwrap_or(rest);
            }
            None => said.push('&'),
        }
    }
    said + rest
}

fn reference(name: &str) -> Option<char> {
    let code = name.strip_prefix('#');
    match (code.and_then(|code| code.strip_prefix(['x', 'X'])), code, name) {
        (Some(hex), ..) => u32::from_str_radix(hex, 16).ok().and_then(char::from_u32),
        (None, Some(number), _) => number.parse().ok().and_then(char::from_u32),
        (None, None, "amp") => Some('&'),
        (None, None, "quot") => Some('"'),
        (None, None, "sol") => Some('/'),
        (None, None, "colon") => Some(':'),
        (None, None, "period") => Some('.'),
        _ => None,
    }
}

/// The references that a browser follows by itself when it shows this page.
pub fn loads(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in tags(html) {
        for (name, value) in &tag.attributes {
            match name.as_str() {
                "srcset" | "imagesrcset" => {
                    found.extend(value.split(',').filter_map(|one| one.split_whitespace().next()).map(str::to_owned))
                }
                "style" => found.extend(styled(value)),
                "href" | "xlink:href" if follows(&tag) => found.push(value.clone()),
                "content" if refreshes(&tag) => {
                    found.extend(value.split_once('=').map(|(_, to)| to.trim_matches(['\'', '"', ' ']).to_owned()))
                }
                name if LOADING.contains(&name) => found.push(value.clone()),
                _ => {}
            }
        }
        if tag.name == "style" {
            found.extend(styled(&tag.text));
        }
    }
    found
}

fn follows(tag: &Tag) -> bool {
    match tag.name.as_str() {
        "a" | "area" => false,
        "link" => {
            let words = tag.attribute("rel").unwrap_or_default().to_ascii_lowercase();
            words.split_whitespace().any(|word| !QUIET.contains(&word))
        }
        _ => true,
    }
}

fn refreshes(tag: &Tag) -> bool {
    tag.name == "meta" && tag.attribute("http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("refresh"))
}

/// The references that a style sheet follows: `url(…)` and `@import`.
pub fn styled(css: &str) -> Vec<String> {
    let css = without_comments(css);
    let small = css.to_ascii_lowercase();
    let quoted = |text: &str| value_of_style(text.trim_start());
    let urls = small.match_indices("url(").map(|(at, mark)| quoted(&css[at + mark.len()..]));
    let imports = small.match_indices("@import").map(|(at, mark)| &css[at + mark.len()..]);
    let imports = imports.filter(|text| text.trim_start().starts_with(['"', '\''])).map(quoted);
    urls.chain(imports).collect()
}

fn value_of_style(text: &str) -> String {
    let quote = text.chars().next().filter(|c| "\"'".contains(*c));
    let (text, ends) = quote.map_or((text, ')'), |quote| (&text[1..], quote));
    text.split(ends).next().unwrap_or_default().trim().to_owned()
}

fn without_comments(css: &str) -> String {
    let (mut said, mut rest) = (String::new(), css);
    while let Some((before, comment)) = rest.split_once("/*") {
        said.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    said + rest
}

/// Where a reference leads, as a browser reads it (URL Standard §4.4: it takes `\` for `/`, and no control characters).
pub fn place(reference: &str) -> Place {
    let text: String = reference.chars().filter(|c| !c.is_control()).map(|c| if c == '\\' { '/' } else { c }).collect();
    let text = text.trim();
    let host = |rest: &str| {
        let authority = rest.trim_start_matches('/').split(['/', '?', '#']).next().unwrap_or_default();
        authority.rsplit('@').next().unwrap_or_default().to_ascii_lowercase()
    };
    if text.starts_with("//") {
        return Place::Named(String::new(), host(text));
    }
    match text.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => match scheme.to_ascii_lowercase().as_str() {
            "data" | "blob" | "about" | "javascript" | "mailto" | "tel" => Place::Inline,
            scheme => Place::Named(scheme.to_owned(), host(rest)),
        },
        _ => Place::Relative(text.to_owned()),
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
}

/// The path on the page's own site, for a page whose base is `/`; nothing where the reference names a site or a place in
/// the page.
pub fn own_path(reference: &str) -> Option<String> {
    match place(reference) {
        Place::Relative(path) if path.starts_with('/') => Some(path),
        Place::Relative(path) if path.is_empty() || path.starts_with(['#', '?']) => None,
        Place::Relative(path) => Some(format!("/{}", path.trim_start_matches("./"))),
        Place::Inline | Place::Named(..) => None,
    }
    .map(|path| path.split('#').next().unwrap_or_default().to_owned())
    .filter(|path| path.bytes().all(|b| b.is_ascii_graphic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_a_browser_does() {
        let found = tags(
            "<!doctype html><!-- <img src=x> --><P Class=a>1 < 2<script src='/a.js?x=1&amp;y=2' async>if (a</b>c) '<img>'</script><br/>",
        );
        let names: Vec<_> = found.iter().map(|tag| tag.name.as_str()).collect();
        assert_eq!(names, ["p", "script", "br"]);
        assert_eq!(found[0].attribute("class"), Some("a"));
        assert_eq!(found[1].attribute("src"), Some("/a.js?x=1&y=2"));
        assert_eq!(found[1].attribute("async"), Some(""));
        assert_eq!(found[1].text, "if (a</b>c) '<img>'");
    }

    #[test]
    fn broken_pages_end() {
        for html in [
            "<",
            "<a",
            "<a b",
            "<a b=",
            "<a b='",
            "<script>",
            "<script",
            "<!--",
            "<a é=ü",
            "<é>",
            "<a 'é='>",
            "<a =>",
            "<style>é",
        ] {
            let _ = (tags(html), loads(html), styled(html));
        }
        assert_eq!(tags("<p =x>").len(), 1);
    }

    #[test]
    fn what_loads_is_told_from_what_is_clicked() {
        let html = r#"<a href="https://a.example/">x</a><form action="https://b.example/"></form>
            <link rel="canonical" href="https://c.example/"><link rel=stylesheet href=/d.css><link rel="dns-prefetch" href="//e.example">
            <img srcset="f.png 1x, https://g.example/g.png 2x"><meta http-equiv=Refresh content="5; url=https://h.example/">
            <p style="background: URL( 'https://i.example/i' )"><style>@import "j.css"; /* url(k) */ .l { src: url(l.woff) }</style>
            <base href="https://m.example/"><svg><use xlink:href="n.svg#o"/></svg><video poster=p.jpg src=q.webm></video>"#;
        let expected = [
            "/d.css",
            "//e.example",
            "f.png",
            "https://g.example/g.png",
            "https://h.example/",
            "https://i.example/i",
            "l.woff",
            "j.css",
            "https://m.example/",
            "n.svg#o",
            "p.jpg",
            "q.webm",
        ];
        assert_eq!(loads(html), expected);
    }

    #[test]
    fn tricks_with_addresses_are_seen_through() {
        let named = |scheme: &str, host: &str| Place::Named(scheme.to_owned(), host.to_owned());
        assert_eq!(place(" https://A.example:8443/x"), named("https", "a.example:8443"));
        assert_eq!(place("\\\\b.example/x"), named("", "b.example"));
        assert_eq!(place("ht\ntps:c.example"), named("https", "c.example"));
        assert_eq!(place("https://own.example@d.example/"), named("https", "d.example"));
        assert_eq!(place("wss://e.example?x"), named("wss", "e.example"));
        assert_eq!(place("data:image/png;base64,//x"), Place::Inline);
        assert_eq!(place("libs/app.js?v=1"), Place::Relative("libs/app.js?v=1".to_owned()));
        assert_eq!(own_path("./libs/app.js?v=1#x").as_deref(), Some("/libs/app.js?v=1"));
        assert_eq!(own_path("#x"), None);
        assert_eq!(own_path("//f.example/x"), None);
        assert_eq!(tags("<img src='https&#58;&#x2f;/g.example/'>")[0].attribute("src"), Some("https://g.example/"));
    }
}
