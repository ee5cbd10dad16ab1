// On a narrow screen the tabs of a section scroll sideways: the one that is open is brought into view.
"use strict";

for (const current of document.querySelectorAll("nav.tabs [aria-current]")) current.scrollIntoView({ inline: "center", block: "nearest" });
