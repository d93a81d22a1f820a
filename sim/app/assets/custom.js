// Solara puts this file after Vue and before its own page: the place to make our parts known.
for (const [name, part] of Object.entries(helpseek.parts)) Vue.component(name, part);
