#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the pages of page_sample as TAP: the HTML is well formed, accessible and self-contained, its
policy names its own elements and no others; the Markdown, as cmark-gfm reads it, has no address but
its own and no HTML but what the program writes; the SVG files are XML without scripts or addresses."""
import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

VOID = {'meta', 'br', 'hr', 'input', 'link', 'img', 'area', 'base', 'col', 'embed', 'source', 'track', 'wbr'}
TAGS = set('''html head meta title style body a h1 h2 h3 h4 h5 h6 p nav ul ol li main header footer div span
 strong em del code pre dl dt dd table caption thead tbody tr th td figure figcaption details summary mark
 article script blockquote hr br input svg g path rect circle text desc'''.split())
SVG = {'svg', 'g', 'path', 'rect', 'circle', 'text', 'title', 'desc', 'style'}


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.bad, self.ids, self.links, self.levels = [], [], [], [], []
        self.raw, self.policy, self.tables, self.labels = [], '', [], []
        self.feed(text)
        self.close()
        self.bad += [f'{t} is not closed' for t in self.open]

    def handle_startendtag(self, tag, attrs):
        self.start(tag, attrs)

    def handle_starttag(self, tag, attrs):
        self.start(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def start(self, tag, attrs):
        a = dict(attrs)
        if len(a) != len(attrs):
            self.bad.append(f'{tag}: an attribute twice')
        if tag not in TAGS:
            self.bad.append(f'tag {tag}')
        for name, value in attrs:
            if name.startswith('on') or name in ('style', 'src', 'srcset', 'action', 'xlink:href'):
                self.bad.append(f'{tag}: attribute {name}')
            if name == 'href':
                self.links.append(value)
            if name == 'id':
                self.ids.append(value)
            if name == 'aria-labelledby':
                self.labels += value.split()
        if re.fullmatch('h[1-6]', tag):
            self.levels.append(int(tag[1]))
        if tag == 'svg' and (a.get('role') != 'img' or not ({'aria-labelledby', 'aria-label'} & set(a))):
            self.bad.append('svg without role and name')
        if tag == 'th' and a.get('scope') != 'col':
            self.bad.append('th without scope')
        if tag == 'figcaption' and self.open[-1] != 'figure':
            self.bad.append('figcaption outside')
        if tag == 'html' and a.get('lang') != 'en':
            self.bad.append('no lang')
        if a.get('http-equiv') == 'Content-Security-Policy':
            self.policy = a['content']
        if tag in ('style', 'script'):
            self.raw.append([tag, a.get('type', ''), ''])

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.bad.append(f'</{tag}> in {self.open[-3:]}')
        else:
            self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] in ('style', 'script'):
            self.raw[-1][2] += data

    def handle_comment(self, data):
        self.bad.append('a comment')

    def unknown_decl(self, data):
        self.bad.append('a declaration')


def digest(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def check_policy(p):
    rules = {r.split()[0]: set(r.split()[1:]) for r in p.policy.split(';') if r.strip()}
    bad = []
    if [rules.get(k) for k in ('default-src', 'base-uri', 'form-action')] != [{"'none'"}] * 3:
        bad.append(f'policy: {p.policy}')
    for tag in ('style', 'script'):
        hashes = {digest(text) for t, kind, text in p.raw if t == tag and kind == ''} or {"'none'"}
        if rules.get(tag + '-src') != hashes:
            bad.append(f'{tag}-src is not the hashes of its elements')
    return bad


def check_html(text):
    p = Page(text)
    bad = p.bad + check_policy(p)
    bad += [f'link to {h}' for h in p.links if h[:1] != '#' or h[1:] not in p.ids]
    bad += [f'no element {i} for a label' for i in p.labels if i not in p.ids]
    bad += [f'id {i} twice' for i in set(p.ids) if p.ids.count(i) > 1]
    if p.levels[:1] != [1] or any(b > a + 1 for a, b in zip(p.levels, p.levels[1:])) or p.levels.count(1) != 1:
        bad.append(f'headings {p.levels}')
    for tag, kind, content in p.raw:
        if kind == 'application/json':
            json.loads(content)
        if re.search(r'url\(|@import|https?:', content if tag == 'style' else ''):
            bad.append('an address in a style sheet')
    if re.search('[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]', text):
        bad.append('a control character')
    return bad


def check_svg(path):
    bad = []
    for e in ET.parse(path).iter():
        tag = e.tag.split('}')[1]
        if tag not in SVG:
            bad.append(f'{path}: {tag}')
        bad += [f'{path}: {tag} {a}' for a in e.attrib if a.startswith('on') or a.endswith('href') or a == 'style']
    return bad


def check_md(folder, stem):
    out = subprocess.run(['cmark-gfm', '--unsafe', '-e', 'table', '-e', 'strikethrough', '-e', 'autolink',
                          f'{folder}/{stem}.md'], capture_output=True, text=True, check=True).stdout
    bad = []
    for tag, attrs in re.findall(r'<(\w+)((?:\s[^<>]*)?)>', out):
        for name, value in re.findall(r'([\w-]+)="([^"]*)"', attrs):
            ours = (name == 'href' and value[:1] == '#') or name in ('alt', 'align', 'class', 'id', 'start', 'title')
            if not ours and not (name == 'src' and re.fullmatch(stem + r'-\d+\.svg', value)):
                bad.append(f'{tag} {name}={value}')
        if tag in ('script', 'b', 'i', 'form', 'input', 'iframe'):
            bad.append(f'<{tag}>')
    return bad


def main(sample):
    checks = []
    with tempfile.TemporaryDirectory() as folder:
        for page in ('small', 'sample', 'hostile'):
            html = subprocess.run([sample, page, 'html'], capture_output=True, check=True).stdout.decode('utf-8')
            subprocess.run([sample, page, 'md', folder], check=True)
            checks.append((f'{page}: HTML', check_html(html)))
            if shutil.which('cmark-gfm'):
                checks.append((f'{page}: Markdown', check_md(folder, page)))
        bad = [b for f in sorted(os.listdir(folder)) if f.endswith('.svg') for b in check_svg(f'{folder}/{f}')]
        checks.append(('SVG files', bad))
    print(f'1..{len(checks)}')
    for i, (name, bad) in enumerate(checks, 1):
        print(f'{"not ok" if bad else "ok"} {i} - {name}')
        for line in bad[:20]:
            print(f'# {line}')
    return int(any(bad for _, bad in checks))


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
