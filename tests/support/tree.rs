//! A folder with everything that nginx reads on a host, and nginx itself over it in namespaces of its own.

use super::stage::*;
use std::path::Path;
use std::process::Output;
use vc4all_deploy::model::deployment::Deployment;
use vc4all_deploy::model::traits::Release;

const HSTS: &str = "add_header Strict-Transport-Security \"max-age=63072000; includeSubDomains\" always;\n";

/// Lays a small stand-in for Jitsi's web files: the parts that nginx deals with.
fn lay_client(root: &Path) {
    let file = |name: &str, text: &str| put(&root.join("usr/share/jitsi-meet").join(name), text);
    file(
        "index.html",
        "<html><head><!--#include virtual=\"head.html\" --><!--#include virtual=\"base.html\" -->\
         <script><!--#include virtual=\"/config.js\" --></script>\
         <script><!--#include virtual=\"/interface_config.js\" --></script>\
         <!--#include virtual=\"title.html\" --><!--#include virtual=\"plugin.head.html\" --></head>\
         <body><!--#include virtual=\"body.html\" --></body></html>",
    );
    file("title.html", "<title>Jitsi Meet</title>");
    file("head.html", "<!-- head -->");
    file("base.html", "<base href=\"/\">");
    file("plugin.head.html", "<!-- plugin -->");
    file("body.html", "<!-- body -->");
    file("fonts.html", "");
    file("external_api.js", "var external;");
    file("pwa-worker.js", "self.skip = 1;");
    for name in
        ["libs/app.bundle.min.js", "css/all.css", "images/watermark.svg", "static/close.html", "lang/main-nl.json"]
    {
        file(name, "content");
    }
}

/// A folder with everything that nginx reads, and a pair that stands in for a trusted one.
pub(crate) fn tree(deployment: &Deployment, release: Release) -> tempfile::TempDir {
    let folder = open_folder();
    let root = folder.path().join("tree");
    let claims = render(deployment, release).unwrap();
    lay(&claims, &root);
    lay_client(&root);
    put(&root.join("var/lib/vc4all/acme/.well-known/acme-challenge/token"), "token.thumbprint");
    let pair = root.join("var/lib/vc4all/tls/live");
    put(&pair.join("hsts.conf"), HSTS);
    let (key, certificate) = (pair.join("privkey.pem"), pair.join("fullchain.pem"));
    let subject = format!("/CN={}", deployment.domain.as_str());
    let names = format!("subjectAltName=DNS:{}", deployment.domain.as_str());
    run(
        "openssl",
        &[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            &subject,
            "-addext",
            &names,
            "-keyout",
            key.to_str().unwrap(),
            "-out",
            certificate.to_str().unwrap(),
        ],
    );
    folder
}

/// Runs a command beside nginx over the tree; nothing but loopback is there.
pub(crate) fn serve(folder: &tempfile::TempDir, command: &[&str]) -> Output {
    let tree = folder.path().join("tree");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/serve.sh");
    let spaces = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh"];
    let words = [script.to_str().unwrap(), tree.to_str().unwrap()];
    run("unshare", &[spaces.as_slice(), words.as_slice(), command].concat())
}
