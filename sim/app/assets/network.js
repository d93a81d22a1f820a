// The community as a picture: people as dots that stay where they are, coloured by what is asked, ringed when they ask.
(() => {
  const hs = window.helpseek;
  const w = hs.words;
  const BYTES = 6;
  const SCORE = 0, DEEDS = 1, MARKS = 2, STIGMA = 3, APPROVAL = 4, EXPECTS = 5;
  const STATES = ["well", "mild", "moderate", "severe"];
  const SOURCES = ["none", "friend", "leader", "professional"];
  const stateOf = score => (score < 40 ? 0 : score < 80 ? 1 : score < 120 ? 2 : 3);
  hs.stateOf = stateOf;

  // What a person's bytes say, in words; `at` is her number from 0
  hs.said = (bytes, people, at) => {
    const of = k => bytes[k * people + at];
    const deeds = of(DEEDS), marks = of(MARKS);
    return {
      distress: STATES[stateOf(of(SCORE))], score: of(SCORE) / 8, need: !!(deeds & 1), recognised: !!(deeds & 2),
      asked: SOURCES[(deeds >> 2) & 3], answer: (deeds >> 4) & 3, help: (deeds >> 6) & 3, hasAsked: !!(marks & 64),
      speaks: !!(marks & 32), reached: !!(marks & 128),
    };
  };

  // Scales: two hues that stay apart for every kind of colour vision, through a middle that stands back
  const mix = (a, b, t) => a.map((each, k) => Math.round(each + (b[k] - each) * t));
  const rgb = hex => [1, 3, 5].map(k => parseInt(hex.slice(k, k + 2), 16));
  const ramp = (low, middle, high, t) => (t < 0.5 ? mix(low, middle, 2 * t) : mix(middle, high, 2 * t - 1));
  const text = colour => `rgb(${colour.join(",")})`;

  hs.scale = (name, t) => {
    const dark = hs.dark();
    const middle = rgb(dark ? "#3a4650" : "#e3e7ea");
    const warm = rgb(hs.colour("perceived")), cool = rgb(hs.colour("private"));
    if (name === "stigma") return text(ramp(cool, middle, warm, t));
    if (name === "approval") return text(ramp(warm, middle, cool, t));
    return text(mix(middle, cool, t));
  };

  class Picture {
    constructor(canvas) {
      this.canvas = canvas;
      this.under = document.createElement("canvas");
      this.bytes = null;
      this.kinds = null;
      this.mode = "distress";
      this.person = -1;
      this.over = -1;
      this.pulse = 1;
      this.showTies = true;
    }
    setPicture(still) {
      this.people = still.people;
      const places = hs.words16(still.places);
      const x = new Float32Array(this.people), y = new Float32Array(this.people);
      for (let k = 0; k < this.people; k++) { x[k] = places[2 * k] / 65535; y[k] = places[2 * k + 1] / 65535; }
      this.x = x; this.y = y;
      this.leaders = hs.bytes(still.leaders);
      this.group = hs.words16(still.group);
      this.groups = still.groups;
      this.ties = hs.words16(still.ties);
      this.discs = this.findDiscs();
      const left = Math.min(...x), right = Math.max(...x), top = Math.min(...y), bottom = Math.max(...y);
      this.box = {left, top, width: Math.max(1e-6, right - left), height: Math.max(1e-6, bottom - top)};
      this.gap = this.nearest();
      this.resize();
    }
    // The usual distance from one person to the next, from a few
    nearest() {
      let sum = 0, count = 0;
      for (let i = 0; i < this.people; i += Math.max(1, Math.floor(this.people / 40))) {
        let best = 4;
        for (let j = 0; j < this.people; j++) {
          if (j === i) continue;
          const d = (this.x[i] - this.x[j]) ** 2 + (this.y[i] - this.y[j]) ** 2;
          if (d < best) best = d;
        }
        sum += Math.sqrt(best); count++;
      }
      return sum / Math.max(1, count);
    }
    findDiscs() {
      const found = new Map();
      for (let i = 0; i < this.people; i++) {
        const disc = found.get(this.group[i]) || {x: 0, y: 0, n: 0, r: 0};
        disc.x += this.x[i]; disc.y += this.y[i]; disc.n++;
        found.set(this.group[i], disc);
      }
      for (const disc of found.values()) { disc.x /= disc.n; disc.y /= disc.n; }
      for (let i = 0; i < this.people; i++) {
        const disc = found.get(this.group[i]);
        disc.r = Math.max(disc.r, Math.hypot(this.x[i] - disc.x, this.y[i] - disc.y));
      }
      return found;
    }
    resize() {
      const area = this.canvas.getBoundingClientRect();
      if (!area.width || !this.people) return;
      this.ratio = Math.min(3, window.devicePixelRatio || 1);
      this.width = area.width; this.height = area.height;
      for (const each of [this.canvas, this.under]) { each.width = Math.round(area.width * this.ratio); each.height = Math.round(area.height * this.ratio); }
      const margin = Math.min(22, 0.05 * area.width + 4), box = this.box;
      const fit = (wide, high) => Math.min((this.width - 2 * margin) / wide, (this.height - 2 * margin) / high);
      this.turned = fit(box.height, box.width) > fit(box.width, box.height); // a tall stage takes a wide picture on its side
      const [wide, high, left, top] = this.turned ? [box.height, box.width, box.top, box.left] : [box.width, box.height, box.left, box.top];
      this.unit = fit(wide, high);
      this.left = (this.width - this.unit * wide) / 2 - this.unit * left;
      this.top = (this.height - this.unit * high) / 2 - this.unit * top;
      this.radius = Math.max(1.3, Math.min(11, 0.36 * this.gap * this.unit));
      this.drawUnder();
      this.draw();
    }
    px(i) { return this.left + this.unit * (this.turned ? this.y : this.x)[i]; }
    py(i) { return this.top + this.unit * (this.turned ? this.x : this.y)[i]; }
    drawUnder() {
      const pen = this.under.getContext("2d");
      pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
      pen.clearRect(0, 0, this.width, this.height);
      pen.fillStyle = hs.colour("paper");
      pen.strokeStyle = hs.colour("rule");
      for (const disc of this.discs.values()) {
        pen.beginPath();
        const [x, y] = this.turned ? [disc.y, disc.x] : [disc.x, disc.y];
        pen.arc(this.left + this.unit * x, this.top + this.unit * y, this.unit * disc.r + 2.1 * this.radius, 0, 7);
        pen.fill(); pen.lineWidth = 1; pen.stroke();
      }
      if (!this.showTies) return;
      const many = this.ties.length / 2;
      pen.strokeStyle = hs.colour("tie");
      pen.globalAlpha = Math.max(0.1, Math.min(0.55, 700 / many));
      pen.lineWidth = 0.7;
      pen.beginPath();
      for (let k = 0; k < this.ties.length; k += 2) {
        pen.moveTo(this.px(this.ties[k]), this.py(this.ties[k]));
        pen.lineTo(this.px(this.ties[k + 1]), this.py(this.ties[k + 1]));
      }
      pen.stroke();
      pen.globalAlpha = 1;
    }
    setWeek(bytes, kinds) {
      this.bytes = bytes;
      this.kinds = kinds || null;
      if (this.running) cancelAnimationFrame(this.running);
      if (hs.still()) { this.pulse = 1; this.draw(); return; }
      const began = performance.now();
      const turn = now => {
        this.pulse = Math.min(1, (now - began) / 420);
        this.draw();
        this.running = this.pulse < 1 ? requestAnimationFrame(turn) : 0;
      };
      this.running = requestAnimationFrame(turn);
    }
    stop() { if (this.running) cancelAnimationFrame(this.running); }
    // The class of each person's colour, so that people of one colour are drawn at once
    colours() {
      const n = this.people, b = this.bytes, made = new Map();
      const put = (key, i) => { const list = made.get(key); if (list) list.push(i); else made.set(key, [i]); };
      for (let i = 0; i < n; i++) {
        if (this.mode === "distress") put("distress-" + STATES[stateOf(b[SCORE * n + i])], i);
        else if (this.mode === "help") {
          const deeds = b[DEEDS * n + i], help = deeds >> 6;
          put(help === 2 ? "source-professional" : help === 1 ? "waiting" : !(deeds & 1) ? "none" : b[MARKS * n + i] & 64 ? "has-asked" : "nobody", i);
        } else if (this.mode === "reached") put(b[MARKS * n + i] & 128 ? "plan-1" : "source-none", i);
        else put("scale:" + (b[({stigma: STIGMA, approval: APPROVAL, expects: EXPECTS})[this.mode] * n + i] >> 4), i);
      }
      return made;
    }
    fillOf(key) {
      if (key.startsWith("scale:")) return hs.scale(this.mode, (Number(key.slice(6)) + 0.5) / 16);
      return hs.colour({waiting: "paper", none: "source-none", "has-asked": "source-friend", nobody: "paper"}[key] || key);
    }
    edgeOf(key) {
      if (key === "waiting") return [hs.colour("source-professional"), 2];
      if (key === "nobody") return [hs.colour("ink"), 1.6];
      return [hs.colour(hs.dark() ? "paper" : "field"), 0.6];
    }
    draw() {
      if (!this.people || !this.width || !this.bytes) return;
      const pen = this.canvas.getContext("2d"), r = this.radius, n = this.people;
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
      pen.drawImage(this.under, 0, 0);
      pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
      if (this.person >= 0) this.drawTies(pen);
      // In a pair of worlds those whose lives are the same in both stand back
      const telling = this.kinds && this.kinds.some(kind => kind > 0);
      for (const differs of telling ? [false, true] : [true]) {
        pen.globalAlpha = differs ? 1 : 0.42;
        for (const [key, list] of this.colours()) {
          pen.beginPath();
          for (const i of list) if (!telling || (this.kinds[i] > 0) === differs) this.dot(pen, i, r);
          pen.fillStyle = this.fillOf(key);
          pen.fill();
          const [edge, wide] = this.edgeOf(key);
          pen.strokeStyle = edge; pen.lineWidth = wide * Math.min(1, r / 4); pen.stroke();
        }
      }
      pen.globalAlpha = 1;
      this.drawAsks(pen, r, n);
      if (this.kinds) this.drawKinds(pen, r);
      for (const [who, wide] of [[this.over, 1.5], [this.person, 2.5]]) {
        if (who < 0 || who >= n) continue;
        pen.beginPath(); pen.arc(this.px(who), this.py(who), r + 5, 0, 7);
        pen.strokeStyle = hs.colour("ink"); pen.lineWidth = wide; pen.stroke();
      }
    }
    dot(pen, i, r) {
      const x = this.px(i), y = this.py(i);
      if (this.leaders[i]) { const s = r * 1.15; pen.rect(x - s, y - s, 2 * s, 2 * s); } else { pen.moveTo(x + r, y); pen.arc(x, y, r, 0, 7); }
    }
    drawAsks(pen, r, n) {
      for (let source = 1; source <= 3; source++) {
        pen.beginPath();
        for (let i = 0; i < n; i++) {
          if (((this.bytes[DEEDS * n + i] >> 2) & 3) !== source) continue;
          const at = r + 2.2 + (1 - this.pulse) * 9;
          pen.moveTo(this.px(i) + at, this.py(i)); pen.arc(this.px(i), this.py(i), at, 0, 7);
        }
        pen.strokeStyle = hs.colour("source-" + SOURCES[source]);
        pen.globalAlpha = 0.35 + 0.65 * this.pulse;
        pen.setLineDash(source === 2 ? [4, 2.5] : source === 3 ? [] : []);
        pen.lineWidth = source === 3 ? 3.4 : 2.4;
        pen.stroke();
      }
      pen.setLineDash([]); pen.globalAlpha = 1;
    }
    // Lives that differ: a filled mark above the dot, its form says how
    drawKinds(pen, r) {
      const s = Math.max(4, r * 1.05);
      pen.strokeStyle = hs.colour("paper");
      for (let i = 0; i < this.people; i++) {
        const kind = this.kinds[i];
        if (!kind || kind === 5) continue;
        const x = this.px(i), y = this.py(i) - r - s * 0.8;
        pen.beginPath();
        if (kind === 1) { pen.moveTo(x, y - s * 1.35); pen.lineTo(x + s * 1.2, y + s * 0.7); pen.lineTo(x - s * 1.2, y + s * 0.7); pen.closePath(); }
        else if (kind === 2) { pen.arc(x, y, s * 0.95, 0, 7); }
        else if (kind === 3) { pen.rect(x - s * 0.85, y - s * 0.85, s * 1.7, s * 1.7); }
        else { pen.moveTo(x, y + s * 1.1); pen.lineTo(x + s * 1.2, y - s * 0.9); pen.lineTo(x - s * 1.2, y - s * 0.9); pen.closePath(); }
        pen.fillStyle = hs.colour(kind === 1 || kind === 2 ? "plan-1" : "plan-2");
        pen.lineWidth = 1.6; pen.stroke(); pen.fill();
      }
    }
    drawTies(pen) {
      pen.beginPath();
      for (let k = 0; k < this.ties.length; k += 2) {
        const a = this.ties[k], b = this.ties[k + 1];
        if (a !== this.person && b !== this.person) continue;
        pen.moveTo(this.px(a), this.py(a)); pen.lineTo(this.px(b), this.py(b));
      }
      pen.strokeStyle = hs.colour("ink"); pen.lineWidth = 1.4; pen.globalAlpha = 0.75; pen.stroke(); pen.globalAlpha = 1;
    }
    at(x, y) {
      let best = -1, least = (this.radius + 9) ** 2;
      for (let i = 0; i < this.people; i++) {
        const d = (this.px(i) - x) ** 2 + (this.py(i) - y) ** 2;
        if (d < least) { least = d; best = i; }
      }
      return best;
    }
    // The picture as it is drawn, as SVG
    svg() {
      const n = this.people, r = this.radius, at = i => [this.px(i).toFixed(1), this.py(i).toFixed(1)], parts = [];
      for (const disc of this.discs.values()) {
        const [x, y] = this.turned ? [disc.y, disc.x] : [disc.x, disc.y];
        parts.push(`<circle cx="${(this.left + this.unit * x).toFixed(1)}" cy="${(this.top + this.unit * y).toFixed(1)}" r="${(this.unit * disc.r + 2.1 * r).toFixed(1)}" fill="${hs.colour("paper")}" stroke="${hs.colour("rule")}"/>`);
      }
      let lines = "";
      for (let k = 0; k < this.ties.length; k += 2) lines += `M${at(this.ties[k])}L${at(this.ties[k + 1])}`;
      parts.push(`<path d="${lines}" fill="none" stroke="${hs.colour("tie")}" stroke-width="0.7" opacity="${Math.max(0.1, Math.min(0.55, 1400 / this.ties.length)).toFixed(2)}"/>`);
      for (const [key, list] of this.colours()) {
        const [edge, wide] = this.edgeOf(key);
        const dots = list.map(i => { const [x, y] = at(i), s = r * 1.15; return this.leaders[i] ? `<rect x="${(x - s).toFixed(1)}" y="${(y - s).toFixed(1)}" width="${(2 * s).toFixed(1)}" height="${(2 * s).toFixed(1)}"/>` : `<circle cx="${x}" cy="${y}" r="${r.toFixed(1)}"/>`; });
        parts.push(`<g fill="${this.fillOf(key)}" stroke="${edge}" stroke-width="${wide}">${dots.join("")}</g>`);
      }
      for (let i = 0; i < n; i++) {
        const source = (this.bytes[DEEDS * n + i] >> 2) & 3, [x, y] = at(i);
        if (source) parts.push(`<circle cx="${x}" cy="${y}" r="${(r + 2.2).toFixed(1)}" fill="none" stroke="${hs.colour("source-" + SOURCES[source])}" stroke-width="${source === 3 ? 3.4 : 2.4}"${source === 2 ? ' stroke-dasharray="4 2.5"' : ""}/>`);
      }
      return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${this.width} ${this.height}" width="${this.width}" height="${this.height}"><rect width="100%" height="100%" fill="${hs.colour("sunk")}"/>${parts.join("")}</svg>`;
    }
    // Everybody's week as rows
    rows() {
      return [...Array(this.people).keys()].map(i => {
        const said = hs.said(this.bytes, this.people, i);
        return [i + 1, this.groups[this.group[i]], this.leaders[i], said.score, said.distress, Number(said.need), Number(said.recognised), said.asked, ["none", "unsupportive", "supportive"][said.answer], ["none", "waiting", "in care"][said.help], Number(said.speaks), Number(said.reached)];
      });
    }
    // The next person in a direction, for the arrow keys
    beside(i, dx, dy) {
      let best = i, least = Infinity;
      for (let j = 0; j < this.people; j++) {
        const x = this.px(j) - this.px(i), y = this.py(j) - this.py(i);
        const ahead = x * dx + y * dy, aside = Math.abs(x * dy - y * dx);
        if (ahead <= 0.5 || j === i) continue;
        const cost = ahead + 2.2 * aside;
        if (cost < least) { least = cost; best = j; }
      }
      return best;
    }
  }

  // The community that the page begins with, drawn before the page itself is there
  hs.drawFirst = still => {
    const picture = new Picture(document.getElementById("hs-first-canvas"));
    picture.bytes = hs.bytes(still.with);
    picture.setPicture(still);
    performance.mark("helpseek.first");
  };

  hs.parts["hs-stage"] = {
    // quiet: who is chosen is told elsewhere on the page
    props: {still: Object, bytes: String, kinds: String, colour: String, person: Number, label: String, quiet: Boolean},
    data: () => ({w, over: -1, tip: null, spoken: "", chosen: null}),
    watch: {
      "still.places"() { this.begin(); },
      "still.ties"() { this.begin(); },
      bytes() { this.week(); },
      kinds() { this.week(); },
      colour(mode) { this.picture.mode = mode; this.picture.draw(); },
      person() { this.mark(); },
    },
    mounted() {
      this.picture = new Picture(this.$refs.canvas);
      this.begin();
      this.sizes = new ResizeObserver(() => this.picture.resize());
      this.sizes.observe(this.$refs.canvas);
      this.onTheme = () => { this.picture.drawUnder(); this.picture.draw(); };
      addEventListener("helpseek.theme", this.onTheme);
    },
    beforeDestroy() {
      this.sizes.disconnect();
      this.picture.stop();
      removeEventListener("helpseek.theme", this.onTheme);
    },
    methods: {
      begin() {
        this.picture.mode = this.colour;
        this.picture.bytes = hs.bytes(this.bytes);
        this.picture.kinds = this.kinds ? hs.bytes(this.kinds) : null;
        this.picture.setPicture(this.still);
        this.mark();
      },
      week() { this.picture.setWeek(hs.bytes(this.bytes), this.kinds ? hs.bytes(this.kinds) : null); this.name(); },
      mark() { this.picture.person = (this.person || 0) - 1; this.picture.draw(); this.name(); },
      name() { const who = this.picture.person; this.chosen = this.quiet || who < 0 || who >= this.picture.people ? null : this.about(who); },
      place(event) {
        const area = this.$refs.canvas.getBoundingClientRect();
        return this.picture.at(event.clientX - area.left, event.clientY - area.top);
      },
      move(event) { this.point(this.place(event)); },
      point(who) {
        this.over = who;
        this.picture.over = who;
        this.picture.draw();
        this.tip = who < 0 ? null : {who, x: this.picture.px(who), y: this.picture.py(who), text: this.about(who)};
      },
      leave() { this.point(-1); },
      shut() { this.$refs.menu.open = false; },
      csv() { this.shut(); hs.save("community.csv", hs.csv(["person", "group", "leader", "distress_score", "distress", "in_need", "recognised", "asked", "answer", "help", "speaks", "reached"], this.picture.rows()), "text/csv"); },
      svg() { this.shut(); hs.save("community.svg", this.picture.svg(), "image/svg+xml"); },
      png() {
        this.shut();
        const sheet = document.createElement("canvas");
        sheet.width = this.$refs.canvas.width; sheet.height = this.$refs.canvas.height;
        const pen = sheet.getContext("2d");
        pen.fillStyle = hs.colour("sunk"); pen.fillRect(0, 0, sheet.width, sheet.height); pen.drawImage(this.$refs.canvas, 0, 0);
        sheet.toBlob(blob => hs.save("community.png", blob));
      },
      about(who) {
        const said = hs.said(this.picture.bytes, this.picture.people, who);
        const parts = [hs.fill(w.person.name, {number: who + 1}), this.picture.groups[this.picture.group[who]], w.states[said.distress]];
        if (this.picture.leaders[who]) parts.push(w.person.leader);
        if (said.need) parts.push(said.recognised ? w.person.recognised : w.person.unrecognised);
        if (said.asked !== "none") parts.push(w.person["asks_" + said.asked]);
        if (said.help) parts.push(said.help === 1 ? w.person.waiting : w.person.in_care);
        if (this.kinds && this.picture.kinds) { const kind = this.picture.kinds[who]; if (kind) parts.push(w.twin.kinds[hs.kinds[kind]]); }
        return parts;
      },
      click(event) { const who = this.place(event); this.$emit("pick", who < 0 ? null : who + 1); },
      key(event) {
        const ways = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
        const now = this.picture.person >= 0 ? this.picture.person : 0;
        if (event.key in ways) {
          event.preventDefault();
          const next = this.picture.person < 0 ? 0 : this.picture.beside(now, ...ways[event.key]);
          this.spoken = this.about(next).join(", ");
          this.$emit("pick", next + 1);
        } else if (event.key === "Enter" && this.picture.person >= 0) this.$emit("open", this.picture.person + 1);
        else if (event.key === "Escape") this.$emit("pick", null);
      },
    },
    template: `
<div class="hs-stage">
  <canvas ref="canvas" class="hs-canvas" tabindex="0" role="application" :aria-label="label + '. ' + w.stage.keys"
    @mousemove="move" @mouseleave="leave" @click="click" @keydown="key"></canvas>
  <details ref="menu" class="hs-menu hs-stage-menu"><summary :aria-label="w.stage.menu + ': ' + label"><hs-icon name="more"/></summary><div><button @click="csv">{{ w.stage.csv }}</button><button @click="png">{{ w.stage.png }}</button><button @click="svg">{{ w.stage.svg }}</button></div></details>
  <div v-if="tip && !(chosen && tip.who === person - 1)" class="hs-tip" :style="{left: tip.x + 'px', top: tip.y + 'px'}" aria-hidden="true"><b>{{ tip.text[0] }}</b><span v-for="part in tip.text.slice(1)">{{ part }}</span></div>
  <div v-if="chosen" class="hs-chosen" data-chosen><p><b>{{ chosen[0] }}</b> {{ chosen.slice(1).join(" · ") }}</p>
    <button type="button" class="hs-open" @click="$emit('open', person)">{{ w.stage.open }}</button><button type="button" class="hs-tool" :title="w.stage.let_go" :aria-label="w.stage.let_go" @click="$emit('pick', null)"><hs-icon name="close"/></button></div>
  <div class="hs-heard" role="status" aria-live="polite">{{ spoken }}</div>
</div>`,
  };
  hs.kinds = ["same", "only_with", "earlier", "later", "only_without", "other"];

  hs.parts["hs-legend"] = {
    props: {colour: String, hasPlan: Boolean},
    data: () => ({w, tick: 0}),
    mounted() { this.onTheme = () => { this.tick++; }; addEventListener("helpseek.theme", this.onTheme); },
    destroyed() { removeEventListener("helpseek.theme", this.onTheme); },
    computed: {
      swatches() {
        if (this.colour === "distress") return STATES.map(state => ({label: w.states[state], fill: `var(--distress-${state})`}));
        if (this.colour === "reached") return [{label: w.legend.reached, fill: "var(--plan-1)"}, {label: w.legend.not_reached, fill: "var(--source-none)"}];
        if (this.colour === "help") return [
          {label: w.legend.no_need, fill: "var(--source-none)"}, {label: w.legend.nobody, fill: "var(--paper)", edge: "var(--ink)"},
          {label: w.legend.has_asked, fill: "var(--source-friend)"}, {label: w.legend.waiting, fill: "var(--paper)", edge: "var(--source-professional)"},
          {label: w.legend.in_care, fill: "var(--source-professional)"}];
        return null;
      },
      ramp() { return this.tick >= 0 && [...Array(9).keys()].map(k => hs.scale(this.colour, (k + 0.5) / 9)); },
      asks() { return SOURCES.slice(1).map(source => ({source, label: w.legend["asks_" + source]})); },
    },
    template: `
<div class="hs-legend"><hs-colour :colour="colour" :has-plan="hasPlan" @colour="$emit('colour', $event)"/><div>
  <ul v-if="swatches" :aria-label="w.legend.colours"><li v-for="each in swatches" :key="each.label"><i class="hs-dot" :style="{background: each.fill, boxShadow: each.edge ? 'inset 0 0 0 2px ' + each.edge : null}"></i>{{ each.label }}</li></ul>
  <div v-else class="hs-ramp"><span>{{ w.legend[colour + '_low'] }}</span><i v-for="(fill, k) in ramp" :key="k" :style="{background: fill}"></i><span>{{ w.legend[colour + '_high'] }}</span></div>
  <ul :aria-label="w.legend.rings"><li v-for="each in asks" :key="each.source"><i :class="'hs-ring hs-ring-' + each.source"></i>{{ each.label }}</li><li><i class="hs-square"></i>{{ w.legend.leader }}</li></ul>
</div></div>`,
  };
})();
