"""Parses each case's pages: the skeleton of tags is the harmless one's, and the value stands there as text."""
import json
import sys
from html.parser import HTMLParser


class Skeleton(HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.words, self.title = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        # Attributes that carry no word of a person have to stay the same to the letter.
        self.tags.append((tag, tuple(sorted(attributes))))

    def handle_endtag(self, tag):
        self.tags.append("/" + tag)

    def handle_comment(self, data):
        self.tags.append("comment")

    def handle_decl(self, data):
        self.tags.append("declaration " + data)

    def unknown_decl(self, data):
        self.tags.append("unknown " + data)

    def handle_pi(self, data):
        self.tags.append("instruction " + data)

    def handle_data(self, data):
        self.words.append(data)


with open(sys.argv[1], encoding="utf-8") as file:
    cases = [json.loads(line) for line in file]
plain = [Skeleton(page).tags for page in cases[0]["pages"]]
for case in cases:
    pages = [Skeleton(page) for page in case["pages"]]
    for page, expected in zip(pages, plain):
        assert page.tags == expected, case
    for page in pages:
        assert case["name"] in "".join(page.words), case
    for page in pages[:4]:
        assert case["address"] in "".join(page.words), case
    for page in pages[2:4]:
        for who in ("provider", "stun"):
            assert case[who] in "".join(page.words), case
print(len(cases), "cases")
