"""What generators add to Markdown is read as they show it, and code stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.sources import Accepted, read_source
from indexer.sources.markup.links import page_reference
from indexer.sources.markup.markdown_text import plain_text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("In Vue `{{ message }}` and {{ gone }}.", "In Vue {{ message }} and ."),
        ("```yaml\nrun: ${{ secrets.KEY }}\n```\n{% include x %}", "run: ${{ secrets.KEY }}"),
        ("~~~\n{% if a %}\n~~~~\n\n{% if b %}c", "{% if a %}\n\nc"),
        ("- item\n\n  ```\n  {{ a }}\n  ```\n- {{ b }}two", "- item\n\n{{ a }}\n\n- two"),
        ("Text:\n\n    {{ a }}\n\n    {{ b }}\n\n{{ c }}d", "Text:\n\n{{ a }}\n\n{{ b }}\n\nd"),
        ("<div>\n\n    {{ gone }}kept\n\n</div>", "kept"),
        ("`{% raw %}{{ a }}{% endraw %}`", "{{ a }}"),
        ("{% raw %}\n```\n{{ a }}\n```\n{% endraw %}", "{{ a }}"),
        ("{% highlight ruby %}\nputs <<A\n  # not a heading\n{% endhighlight %}", "puts <<A\n  # not a heading"),
        ("\\`{{ gone }}\\`", "``"),
        ("a ` b {{ gone }}", "a ` b"),
        ("``a ` {{ b }}`` {{ gone }}", "a ` {{ b }}"),
    ],
)
def test_code_keeps_the_tags_of_template_languages(source: str, text: str) -> None:
    assert plain_text(source).body == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("## Hours {#hours}", "Hours"),
        ("## Hours {#hours .big data-x='1'}", "Hours"),
        ("Hours\n=====\n\n## A `{#b}`", "A {#b}"),
        ("Sets are {#a}.", "Sets are {#a}."),
        ('[x](/a){target="_blank" .button} and **b**{.big}', "x and b"),
        ('![Pier](/p.jpg){: .icon width="70"\nheight="88"} The pier.', "The pier."),
        (":::tip Good to know\nBring cash.\n:::\nafter", "Good to know\n\nBring cash.\n\nafter"),
        (":::note[A title]\n- a\n- b\n:::", "A title\n\n- a\n- b"),
        ("::: warning\nText\n:::", "Text"),
        ("::: {.callout title=x}\nText\n:::", "Text"),
        ("::::a\n:::b\nText\n:::\n::::", "Text"),
        (':::tip\n\nNever closed', "Never closed"),
        ('!!! warning "Wet paint"\n    Mind the rail.\n\nafter', "Wet paint\n\nMind the rail.\n\nafter"),
        ("!!! note\n    Mind the rail.", "Mind the rail."),
        ("??? tip\n    Folded.", "Folded."),
        ("> [!NOTE]\n> No boats.", "No boats."),
        ("> [!warning]- Careful\n> No boats.", "Careful No boats."),
        ("a\n\n[[toc]]\n\n[TOC]\n\n[[_TOC_]]\n\nb", "a\n\nb"),
        ("[[Times|the times]], [[Fares]] and [[Fares#Children]].", "the times, Fares and Fares Children."),
        ("![[chart.png]] and `[[a]]` and [[1]]", "and [[a]] and [[1]]"),
        ("==new== prices, a == b == c, `==x==`", "new prices, a == b == c, ==x=="),
        ("H~2~O and m^2^", "H2O and m2"),
        (":tada: at 10:30:45, `:tada:` :nosuch:", "🎉 at 10:30:45, :tada: :nosuch:"),
        ("Tide\n: The rise.\n\nEbb\n: The fall.\n\nafter", "Tide\nThe rise.\nEbb\nThe fall.\n\nafter"),
        ("The NGO.\n\n*[NGO]: a body", "The NGO."),
        ("a{::comment}no{:/comment}b\n\n{::comment}\nno\n\nno\n{:/comment}\n\nc", "ab\n\nc"),
        ("{::comment} never closed", "{::comment} never closed"),
        ("a[^1] b.\n\n[^1]: First\n\n    and more.\n\nc", "a b.\n\nc\n\nFirst\n\nand more."),
        ("a^[an aside] b", "a b\n\nan aside"),
        ('=== "Tab one"\n    One.\n\n=== "Tab two"\n    Two.', "Tab one\n\nOne.\n\nTab two\n\nTwo."),
        ("{++new++} {--old--}{~~old~>better~~}{>>remark<<}", "new better"),
        ("++new++ C++ and i++ and `++x++`", "new C++ and i++ and ++x++"),
        ('[under]{.underline} [span]{style="color: red"} [sic]{a}', "under span [sic]{a}"),
        ("A claim. ^claim-1", "A claim."),
        ("a ^sup^ 2^10^ x^y and :^)", "a sup 210 x^y and :^)"),
        ("- [ ] open\n- [x] done\n- [y] z", "- open\n- done\n- [y] z"),
    ],
)  # fmt: skip
def test_marks_are_shown_as_generators_show_them(source: str, text: str) -> None:
    assert plain_text(source).body == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('import Box from "../Box.astro";\nimport "./a.css"\n\nText', "Text"),
        ('import {\n  A,\n  B,\n} from "./c"\n\nText', "Text"),
        ('import duties rose, he said: "It is "so".', 'import duties rose, he said: "It is "so".'),
        ("<Box level={3 > 2} on={() => open()}>\n\nIn it.\n\n</Box>\n\nafter", "In it.\n\nafter"),
        ("a <Icon name={`x`} size={{ w: 1 }} /> b", "a b"),
        ("a\n\n{/* truncate */}\n\nb", "a\n\nb"),
        ("`<Box a={1}>` and `import a from 'b'`", "<Box a={1}> and import a from 'b'"),
        ('```js\nimport a from "b"\n{/* c */}\n```', 'import a from "b"\n{/* c */}'),
    ],
)
def test_components_and_imports_go(source: str, text: str) -> None:
    assert plain_text(source).body == text
    assert plain_text(source, is_mdx=True).body == text


def test_mdx_has_expressions_exports_and_no_code_by_indentation(tmp_path: Path) -> None:
    (tmp_path / "first-post.mdx").write_text(
        "---\ntitle: First post\n---\n"
        "export const meta = {\n  a: [1,\n\n  2],\n};\n\n"
        "<Tabs>\n\n    Said {props.who}indented.\n\n</Tabs>\n\n`{kept}` {1 + {a: 2}.a}end\n"
    )
    (item,) = read_source(tmp_path)
    assert isinstance(item, Accepted)
    assert (item.article.id, item.article.title) == ("first-post", "First post")
    assert item.article.body == "Said indented.\n\n{kept} end"


def test_links_to_other_files_of_the_site_are_kept_as_references() -> None:
    text = plain_text(
        "[a](./2024-01-01-b.md#part) [b](../b/?x=1) [c](c%20d.html) [d]({% link _posts/2024-01-01-b.md %})\n"
        '[e](@/blog/b.md) [f]({{< ref "b.md" >}}) [g]({{< relref path="../c.md#x" >}}) [[Fares|x]]\n'
        '<a href="{% post_url 2024-01-01-b %}">h</a> <a href="i.html">i</a>\n'
        "[no](a.pdf) [no](a.png) [no](#a) [no](mailto:a@b.org) [no](javascript:x) [no](tel:1)\n"
    )
    assert list(text.links) == [
        "./2024-01-01-b.md", "../b/", "c d.html", "@/_posts/2024-01-01-b.md", "@/blog/b.md", "@/b.md", "@/c.md",
        "@/2024-01-01-b", "i.html", "@/Fares",
    ]  # fmt: skip


def test_bare_addresses_are_links_but_not_in_code() -> None:
    text = plain_text("See https://a.example/b/, (https://a.example/c_(d)) `https://no.example/` and [x](/y).")
    assert list(text.links) == ["https://a.example/b/", "https://a.example/c_(d)", "/y"]
    assert "(https://a.example/c_(d))" in text.body


def test_a_bad_link_costs_itself_only() -> None:
    text = plain_text("[b](http://a.example:port/) [c](//x\\y) <a href='http://[::1'>d</a> [e](/good)")
    assert list(text.links) == ["/good"]


@pytest.mark.parametrize(
    ("url", "reference"),
    [
        ("b", "b"),
        ("./", ""),
        ("..", ""),
        ("a.zip", ""),
        ("2016-analytics.usa.gov-boards", "2016-analytics.usa.gov-boards"),
        ("a\\b.md", ""),
        ("a%00b.md", ""),
        ("x" * 2000, ""),
    ],
)
def test_what_may_be_another_page(url: str, reference: str) -> None:
    assert page_reference(url) == reference
