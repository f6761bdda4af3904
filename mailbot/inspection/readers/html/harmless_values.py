"""Properties and values of CSS that do nothing to a text, by name (`harmless` judges the rest)."""

import re
from collections.abc import Mapping

# Whatever their value: lines, weights, breaks, what the mouse and the printer do.
ALWAYS = frozenset(
    "border-collapse border-spacing border-radius border-color border-style border-width "
    "font-weight font-style font-stretch font-kerning font-variant-caps font-variant-ligatures "
    "font-variant-alternates font-display text-align text-align-last text-justify "
    "text-justify-trim text-autospace text-kashida text-kashida-space text-underline "
    "text-underline-color text-underline-style text-underline-position text-effect text-rendering "
    "text-size-adjust text-wrap text-wrap-mode text-wrap-style text-spacing text-orientation "
    "text-overflow text-decoration-color text-decoration-style text-decoration-skip "
    "text-decoration-skip-ink text-line-through-color text-line-through-style white-space "
    "white-space-collapse word-break word-wrap overflow-wrap line-break hyphens tab-size tab-stops "
    "tab-interval layout-flow layout-grid layout-grid-mode layout-grid-line layout-grid-char "
    "layout-grid-type punctuation-wrap punctuation-trim ruby-align ruby-position ruby-overhang "
    "ime-mode page page-break-before page-break-after page-break-inside break-before break-after "
    "break-inside orphans widows size marks cursor pointer-events user-select user-drag "
    "user-modify touch-action resize caret-color scroll-behavior hyphenate within-page "
    "within-column white-space-collapsing table-layout caption-side "
    "empty-cells box-sizing clear list-style-position list-style-image quotes counter-reset "
    "counter-increment isolation z-index object-fit object-position image-rendering "
    "interpolation-mode transition transition-property transition-duration transition-delay "
    "transition-timing-function appearance accent-color background-position background-position-x "
    "background-position-y background-repeat background-size background-attachment "
    "background-origin print-color-adjust color-adjust font-smoothing osx-font-smoothing "
    "tap-highlight-color nbsp-mode border-horizontal-spacing border-vertical-spacing "
    "min-width min-height min-inline-size column-rule column-fill panose-1 unicode-range "
    "outline-style outline-color will-change page-orientation windows-target speak "
    "overflow-scrolling align-items align-content align-self justify-content justify-items gap "
    "justify-self flex flex-grow flex-shrink flex-basis flex-wrap "
    "valign align name lang language".split()
)


ALWAYS_BEGINNING = re.compile(
    r"_|(?:so|kso|wps|et|qt|apple|sf|fr|dx|aw)-|border-(?:top|right|bottom|left|block|inline)(?:-|\Z)|border\Z|scroll-|scrollbar-|"
    r"transition-|counter-|-(?!webkit-|moz-|ms-|o-|khtml-)|x-|mso-(?!hide\Z|element|font-width|"
    r"style-textfill|text-raise|number-format|foreground)"
)


# What the look of an element (`look`) takes in itself, whatever is said.
WORKED_OUT = frozenset(
    "color vertical-align mso-number-format numberformat mso-text-raise "
    "mso-style-textfill-fill-color font-family font".split()
)


KEPT = frozenset("inherit initial unset revert revert-layer".split())


USUAL: Mapping[str, frozenset[str]] = {
    name: frozenset(values.split("|"))
    for name, values in {
        "display": "none|block|inline|inline-block|table|inline-table|table-row|table-cell|"
        "table-row-group|table-header-group|table-footer-group|table-column|table-column-group|"
        "table-caption|flow-root|contents|inline flow-root|flex|inline-flex|ruby|"
        "-webkit-box|-ms-flexbox|-webkit-flex",
        "visibility": "visible|hidden|collapse|show|hide",
        "direction": "ltr",
        "unicode-bidi": "normal|embed|isolate|plaintext",
        "content-visibility": "visible|auto",
        "writing-mode": "horizontal-tb|vertical-rl|vertical-lr|lr-tb|tb-rl|tb-lr|lr|tb",
        "text-transform": "none|uppercase|lowercase|capitalize",
        "color-scheme": "normal|light|only light|light dark",
        "forced-color-adjust": "auto|none",
        "flex-direction": "row|column",
        "flex-flow": "row|column|row wrap|row nowrap|column wrap|column nowrap|wrap|nowrap",
        "order": "0",
        "float": "none",
        "content": "normal|none",
        "backface-visibility": "visible|hidden",
        "background-clip": "border-box|padding-box|content-box",
        "background-blend-mode": "normal",
        "mix-blend-mode": "normal",
        "clip": "auto|rect(auto, auto, auto, auto)|rect(auto auto auto auto)",
        "scale": "none|1|1 1",
        "rotate": "none|0|0deg",
        "translate": "none|0|0px",
        "zoom": "normal|1|100%|1.0",
        "transform": "none",
        "animation": "none",
        "animation-name": "none",
        "perspective": "none",
        "contain": "none|layout|style",
        "text-shadow": "none|auto",
        "text-fit": "none",
        "text-combine-upright": "none",
        "text-combine": "none",
        "text-emphasis": "none",
        "text-emphasis-style": "none",
        "text-security": "none",
        "text-underline-offset": "auto|0",
        "font-variant": "normal|none|small-caps|all-small-caps|tabular-nums|lining-nums",
        "font-variant-numeric": "normal|tabular-nums|lining-nums|tabular-nums lining-nums",
        "font-variant-position": "normal",
        "font-variant-east-asian": "normal|simplified|traditional",
        "font-feature-settings": 'normal|tnum|"tnum"|\'tnum\'|"kern"',
        "font-variation-settings": "normal",
        "font-size-adjust": "none",
        "column-count": "auto|1",
        "columns": "auto|1",
        "column-width": "auto",
        "mso-style-textfill-type": "solid",
        "behavior": "url(#default#vml)|url(#default#ieooui)|url(#default#mso)|none",
        "mso-element": "none|field-begin|field-end|field-separator|para-border-div|comment|"
        "comment-list|footnote|footnote-list|endnote|endnote-list|header|footer|"
        "footnote-separator|footnote-continuation-separator|endnote-separator",
        "mso-hide": "all|none|screen",
    }.items()
}


NONE_BEGINNING = (
    "filter",
    "mask",
    "clip-path",
    "offset",
    "backdrop-filter",
    "shape-",
    "border-image",
)


# Bullets of these are no figures; of all others ("decimal", a string) they are.
BULLETS = frozenset("none disc circle square inside outside".split())
