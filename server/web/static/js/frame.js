// On a narrow screen the tabs of a section scroll sideways: the one that is open is brought into view.
"use strict";

document.querySelector("nav.tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
