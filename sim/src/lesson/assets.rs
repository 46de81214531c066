//! The files that pages are made of. Each page is one file in the end: Rust fills the `{{…}}` of its HTML.

/// The page of a lesson.
pub(super) const PAGE_HTML: &str = include_str!("page/page.html");

/// Its style.
pub(super) const PAGE_CSS: &str = concat!(
    include_str!("page/theme.css"),
    include_str!("page/layout.css"),
    include_str!("page/diagram.css"),
    include_str!("page/inspector.css"),
    include_str!("page/paper.css"),
);

/// Its script: small files that share one scope, the last of which begins.
pub(super) const PAGE_JS: &str = concat!(
    "\"use strict\";\n{\n",
    include_str!("page/dom.js"),
    include_str!("page/icons.js"),
    include_str!("page/reader.js"),
    include_str!("page/model.js"),
    include_str!("page/address.js"),
    include_str!("page/diagram.js"),
    include_str!("page/knowledge.js"),
    include_str!("page/message.js"),
    include_str!("page/explanation.js"),
    include_str!("page/check.js"),
    include_str!("page/quiz.js"),
    include_str!("page/inspector.js"),
    include_str!("page/transport.js"),
    include_str!("page/compare.js"),
    include_str!("page/transcript.js"),
    include_str!("page/controls.js"),
    include_str!("page/page.js"),
    "}\n",
);

/// The page of all lessons.
pub(super) const GALLERY_HTML: &str = include_str!("gallery/gallery.html");

/// Its style.
pub(super) const GALLERY_CSS: &str = concat!(
    include_str!("page/theme.css"),
    include_str!("gallery/gallery.css"),
);

/// Its script.
pub(super) const GALLERY_JS: &str = concat!(
    "\"use strict\";\n{\n",
    include_str!("page/dom.js"),
    include_str!("page/icons.js"),
    include_str!("page/reader.js"),
    include_str!("gallery/gallery.js"),
    "}\n",
);

/// The words of the pages themselves, by language and key: a JSON object of objects.
pub(super) const PAGE_WORDS: &str = include_str!("page/words.json");
