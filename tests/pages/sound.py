"""Reads each page of a folder: nested tags, one h1, no skipped heading, unique ids, references and labels that resolve."""
import pathlib
import sys
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br"}


class Page(HTMLParser):
    def __init__(self, name, text):
        super().__init__(convert_charrefs=True)
        self.name, self.open, self.ids, self.references, self.headings = name, [], [], [], []
        self.inputs, self.labels, self.lang, self.title = [], [], None, ""
        self.feed(text)
        self.close()
        self.check()

    def need(self, truth, what):
        if not truth:
            sys.exit("%s: %s" % (self.name, what))

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        self.need(len(names) == len(set(names)), "an attribute twice in " + tag)
        given = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        for name in ("aria-labelledby", "aria-describedby"):
            self.references += given.get(name, "").split()
        if tag == "html":
            self.lang = given.get("lang")
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if tag == "input":
            self.inputs.append(given.get("id"))
        if tag == "label":
            self.labels.append(given.get("for"))
        if tag == "a":
            self.need(given.get("href"), "a link to nowhere")
        self.need("style" not in given and not any(name.startswith("on") for name in given), "the policy forbids " + str(given))
        if tag == "script":
            self.need(given.get("src"), "a script in the page")

    def handle_endtag(self, tag):
        self.need(self.open and self.open.pop() == tag, "a wrong </%s>" % tag)

    def handle_data(self, data):
        if self.open and self.open[-1] == "title":
            self.title += data

    def check(self):
        self.need(not self.open, "left open: %s" % self.open)
        self.need(self.lang in ("nl", "en", "de", "fr"), "no language")
        self.need(self.title.strip(), "no title")
        self.need(self.headings.count(1) == 1 and self.headings[0] == 1, "not one h1")
        self.need(all(b - a <= 1 for a, b in zip(self.headings, self.headings[1:])), "a skipped heading")
        self.need(len(self.ids) == len(set(self.ids)), "an id twice")
        self.need(set(self.references) <= set(self.ids), "a reference to nothing")
        self.need(set(self.inputs) <= set(self.labels), "a field without a label")


pages = sorted(pathlib.Path(sys.argv[1]).iterdir())
for path in pages:
    Page(path.name, path.read_text(encoding="utf-8"))
print(len(pages), "pages")
