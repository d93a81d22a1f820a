// What all parts of the page share: words, colours, bytes, numbers as text, downloads, and the frame around every page.
(() => {
  const hs = window.helpseek;
  const w = hs.words;
  hs.parts = {};

  hs.bytes = text => {
    const raw = atob(text || "");
    const made = new Uint8Array(raw.length);
    for (let k = 0; k < raw.length; k++) made[k] = raw.charCodeAt(k);
    return made;
  };
  hs.words16 = text => {
    const raw = hs.bytes(text);
    const made = new Uint16Array(raw.length / 2);
    for (let k = 0; k < made.length; k++) made[k] = raw[2 * k] | (raw[2 * k + 1] << 8);
    return made;
  };
  hs.colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  hs.still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  // Numbers as text. Shares are per cent; a number that is not known is a dash.
  hs.number = (value, kind) => {
    if (value === null || value === undefined || !isFinite(value)) return "–";
    const sign = value < 0 ? "−" : "";
    const size = Math.abs(value);
    if (kind === "share") return sign + (100 * size).toFixed(size < 0.0995 ? 1 : 0) + "%";
    if (kind === "whole") return sign + Math.round(size).toLocaleString("en-GB");
    return sign + size.toFixed(2);
  };
  hs.fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
  hs.xml = text => String(text).replace(/[&<>"]/g, each => ({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})[each]);
  hs.personLink = (link, number) => "/person?" + link.replace(/(^|&)person=\d+/, "") + "&person=" + number;
  // The way to a person's page, written into the address that is left as well, so that the way back leads to her
  hs.toPerson = (link, number) => {
    const where = hs.personLink(link, number);
    hs.follow(where.slice(where.indexOf("?") + 1), true);
    return where;
  };
  hs.title = name => (name.charAt(0).toUpperCase() + name.slice(1)).replace(/_/g, " ");

  hs.save = (name, content, type) => {
    const blob = content instanceof Blob ? content : new Blob([content], {type});
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
  hs.csv = (names, rows) => {
    const cell = each => (each === null || each === undefined ? "" : /[",\n]/.test(String(each)) ? `"${String(each).replace(/"/g, '""')}"` : each);
    return [names, ...rows].map(row => row.map(cell).join(",")).join("\n") + "\n";
  };

  // Themes: as the reader's system has it, unless chosen here
  hs.dark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  hs.setDark = dark => {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    try { localStorage.setItem("helpseek.theme", dark ? "dark" : "light"); } catch (blocked) { /* then for this visit only */ }
    dispatchEvent(new Event("helpseek.theme"));
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => dispatchEvent(new Event("helpseek.theme")));

  // The address bar follows the state, not faster than browsers allow
  let pending = null, last = 0;
  hs.follow = (query, atOnce) => {
    const due = atOnce ? 0 : Math.max(0, 700 - (performance.now() - last));
    clearTimeout(pending);
    const write = () => {
      last = performance.now();
      const wanted = location.pathname + (query ? "?" + query : "");
      if (location.pathname + location.search !== wanted) history.replaceState(history.state, "", wanted);
    };
    if (atOnce) write(); else pending = setTimeout(write, due);
  };

  hs.parts["hs-icon"] = {
    props: ["name"],
    computed: {path() { return ICONS[this.name] || ""; }},
    template: `<svg class="hs-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path :d="path" fill="currentColor"/></svg>`,
  };
  const ICONS = {
    play: "M7 4.5v15l13-7.5z",
    pause: "M6 5h4.2v14H6zM13.8 5H18v14h-4.2z",
    step: "M5 5v14l9.5-7zM16 5h3v14h-3z",
    start: "M19 5v14L9.500 12zM5 5h3v14H5z",
    theme: "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z",
    screen: "M4 4h6v2H6v4H4zm10 0h6v6h-2V6h-4zM4 14h2v4h4v2H4zm14 0h2v6h-6v-2h4z",
    link: "M10.6 13.4a1 1 0 0 1 0-1.400l3.5-3.500a2 2 0 0 1 2.800 2.800l-2 2 1.400 1.400 2-2a4 4 0 0 0-5.600-5.600L9.200 10.600a3 3 0 0 0 0 4.200zm2.800-2.800a1 1 0 0 1 0 1.400l-3.500 3.500a2 2 0 0 1-2.800-2.800l2-2-1.400-1.400-2 2a4 4 0 0 0 5.600 5.600l3.500-3.500a3 3 0 0 0 0-4.200z",
    more: "M6 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm6 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm6 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
    close: "M6.400 5 12 10.600 17.600 5 19 6.400 13.400 12 19 17.600 17.600 19 12 13.400 6.400 19 5 17.600 10.600 12 5 6.400z",
    dice: "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm3 3.500a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3zm8 0a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3zm-4 4a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3zm-4 4a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3zm8 0a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3z",
    levers: "M5 4h2v6h2v4H7v6H5v-6H3v-4h2zm6 0h2v10h2v4h-2v2h-2v-2H9v-4h2zm6 0h2v2h2v4h-2v10h-2V10h-2V6h2z",
  };

  hs.parts["hs-frame"] = {
    props: {here: String, link: String, notice: String, more: {type: String, default: ""}}, // more: what a page adds to its own link
    data: () => ({w, pages: hs.pages, dark: hs.dark(), copied: false, projector: false}),
    watch: {whole(now) { hs.follow(now); }, here() { this.name(); }},
    computed: {whole() { return (this.link + this.more).replace(/^&/, ""); }},
    mounted() {
      const first = document.getElementById("hs-first");
      if (first) first.remove();
      this.name();
      hs.follow(this.whole);
      // The picture reaches to the foot of the screen from wherever it begins, so that its player is in sight
      this.sizes = new ResizeObserver(() => this.fit());
      this.sizes.observe(this.$refs.main);
      addEventListener("resize", this.fit);
      this.onTheme = () => { this.dark = hs.dark(); };
      addEventListener("helpseek.theme", this.onTheme);
      this.onScreen = () => { this.projector = !!document.fullscreenElement; document.documentElement.classList.toggle("hs-projector", this.projector); };
      document.addEventListener("fullscreenchange", this.onScreen);
      this.onScreen();
    },
    destroyed() {
      this.sizes.disconnect();
      removeEventListener("resize", this.fit);
      removeEventListener("helpseek.theme", this.onTheme);
      document.removeEventListener("fullscreenchange", this.onScreen);
    },
    methods: {
      name() { document.title = this.title(this.here) + " · " + w.site.name; },
      key(path) { return path === "/" ? "watch" : path.slice(1); },
      title(path) { return w.pages[this.key(path)] || hs.title(this.key(path)); },
      to(path) { return path + (this.link ? "?" + this.link : ""); },
      open(event, path) {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
        event.preventDefault();
        hs.follow(this.whole, true);
        if (path !== this.here) this.$emit("go", this.to(path));
      },
      fit() {
        const scene = this.$refs.main.querySelector(".hs-scene");
        if (!scene || this.$refs.main.querySelector(".hs-top details[open]")) return;
        const top = Math.round((scene.matches(".hs-twins") ? scene : scene.parentElement).getBoundingClientRect().top + scrollY);
        document.documentElement.style.setProperty("--hs-top", top + "px");
      },
      theme() { hs.setDark(!this.dark); },
      screen() {
        if (document.fullscreenElement) document.exitFullscreen();
        else document.documentElement.requestFullscreen().catch(() => {});
      },
      async copy() {
        const whole = location.origin + location.pathname + (this.whole ? "?" + this.whole : "");
        try { await navigator.clipboard.writeText(whole); } catch (blocked) { prompt(w.site.copy_by_hand, whole); }
        this.copied = true;
        setTimeout(() => { this.copied = false; }, 2500);
      },
    },
    template: `
<div class="hs">
  <a class="hs-skip" href="#hs-main">{{ w.site.skip }}</a>
  <header class="hs-bar">
    <a class="hs-brand" :href="to('/')" @click="open($event, '/')"><span class="hs-logo-dot" aria-hidden="true"></span>{{ w.site.name }}</a>
    <nav class="hs-nav" :aria-label="w.site.pages">
      <a v-for="path in pages" :key="path" :href="to(path)" :aria-current="path === here ? 'page' : null" @click="open($event, path)">{{ title(path) }}</a>
    </nav>
    <div class="hs-tools">
      <button class="hs-tool" :title="w.site.copy" :aria-label="w.site.copy" @click="copy"><hs-icon name="link"/></button>
      <button class="hs-tool" :title="w.site.dark" :aria-label="w.site.dark" :aria-pressed="dark ? 'true' : 'false'" @click="theme"><hs-icon name="theme"/></button>
      <button class="hs-tool hs-wide" :title="w.site.projector" :aria-label="w.site.projector" :aria-pressed="projector ? 'true' : 'false'" @click="screen"><hs-icon name="screen"/></button>
    </div>
  </header>
  <div class="hs-said" role="status" aria-live="polite"><span v-if="copied">{{ w.site.copied }}</span></div>
  <div v-if="notice" class="hs-notice" role="alert">
    <pre>{{ notice }}</pre>
    <button class="hs-tool" :aria-label="w.site.dismiss" @click="$emit('dismiss')"><hs-icon name="close"/></button>
  </div>
  <main id="hs-main" ref="main" tabindex="-1"><slot/></main>
  <footer class="hs-foot">
    <p>{{ w.site.model_only }}</p>
    <p>{{ w.site.help }} <a :href="to('/about') + '#help'" @click="open($event, '/about')">{{ w.site.where_help }}</a></p>
  </footer>
</div>`,
  };
})();
