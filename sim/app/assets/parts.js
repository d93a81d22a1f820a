// What a hand is laid on: the player, the choice of community and plan, the levers.
(() => {
  const hs = window.helpseek;
  const w = hs.words;
  const PACES = [1, 2, 4, 8, 20]; // weeks a second

  // The next week is asked for when the last one has come and the pace allows it: never two at once. `answered` counts
  // the weeks asked for that have been answered, so that no other answer is taken for a week.
  hs.parts["hs-player"] = {
    props: {week: Number, horizon: Number, answered: Number},
    data: () => ({w, playing: false, waiting: false, owed: false, pace: 2, paces: PACES, dragged: null}),
    watch: {answered() { this.arrived(); }},
    beforeDestroy() { clearTimeout(this.timer); document.removeEventListener("visibilitychange", this.onHide); removeEventListener("keydown", this.onKey); },
    mounted() {
      this.asked = 0;
      this.onHide = () => { if (document.hidden) this.pause(); };
      document.addEventListener("visibilitychange", this.onHide);
      this.onKey = event => {
        const tag = event.target.tagName, typed = ["SELECT", "TEXTAREA"].includes(tag) || (tag === "INPUT" && event.target.type !== "range");
        if (typed || event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === " " && ["BUTTON", "SUMMARY", "A"].includes(tag)) return; // what is in hand answers itself
        if (event.key === " ") { event.preventDefault(); this.toggle(); }
        else if (event.key === ".") this.step();
      };
      addEventListener("keydown", this.onKey);
    },
    methods: {
      toggle() { if (this.playing) this.pause(); else this.play(); },
      play() { this.playing = true; this.ask(); },
      pause() { this.playing = this.owed = false; clearTimeout(this.timer); },
      ask() {
        if (this.waiting) return;
        this.waiting = true;
        this.asked = performance.now();
        this.before = this.week;
        hs.askedAt = this.asked;
        this.$emit("step");
      },
      step() { this.pause(); if (this.waiting) this.owed = true; else this.ask(); },
      arrived() {
        if (!this.waiting) return;
        this.waiting = false;
        if (this.owed) { this.owed = false; this.ask(); return; }
        if (!this.playing) return;
        if (this.week === this.before) { this.pause(); return; } // the server could not; it says why
        const due = Math.max(0, this.asked + 1000 / this.pace - performance.now());
        clearTimeout(this.timer);
        this.timer = setTimeout(() => { if (this.playing) this.ask(); }, due);
      },
      start() { this.pause(); this.waiting = false; this.$emit("to", 0); },
      drag(event) { this.dragged = Number(event.target.value); },
      drop(event) { const to = Number(event.target.value); this.dragged = null; if (to !== this.week) { this.pause(); this.waiting = false; this.$emit("to", to); } },
    },
    template: `
<div class="hs-player" role="group" :aria-label="w.player.name">
  <button class="hs-round" :title="w.player.start" :aria-label="w.player.start" :disabled="week === 0" @click="start"><hs-icon name="start"/></button>
  <button class="hs-round hs-main" :title="playing ? w.player.pause : w.player.play" :aria-label="playing ? w.player.pause : w.player.play" @click="toggle"><hs-icon :name="playing ? 'pause' : 'play'"/></button>
  <button class="hs-round" :title="w.player.step" :aria-label="w.player.step" @click="step"><hs-icon name="step"/></button>
  <div class="hs-week"><b data-week>{{ w.player.week }} {{ dragged === null ? week : dragged }}</b>
    <input type="range" min="0" :max="Math.max(horizon, week)" step="1" :value="week" :aria-label="w.player.go" @input="drag" @change="drop"></div>
  <label class="hs-pace"><span>{{ w.player.pace }}</span><select v-model.number="pace" :aria-label="w.player.pace_long"><option v-for="each in paces" :key="each" :value="each">{{ each }} {{ each === 1 ? w.player.per_one : w.player.per_many }}</option></select></label>
</div>`,
  };

  hs.parts["hs-choose"] = {
    props: {choices: Object, address: Object},
    data: () => ({w}),
    computed: {
      plans() { return this.choices.plans.filter(plan => plan.name !== "usual"); },
      plan() { return this.address.plans[0] || "usual"; },
      about() {
        const setting = this.choices.settings.find(each => each.name === this.address.setting);
        const plan = this.choices.plans.find(each => each.name === this.plan);
        return [setting && setting.description, this.plan !== "usual" && plan && plan.description].filter(Boolean);
      },
    },
    methods: {
      send(change) { this.$emit("choose", change); },
      seed(event) {
        const value = event.target.value.trim();
        if (/^\d{1,10}$/.test(value) && Number(value) < 2 ** 32) this.send({seed: Number(value)});
        else event.target.value = this.address.seed;
      },
      luck() { this.send({seed: 1 + Math.floor(Math.random() * 9999)}); },
    },
    template: `
<form class="hs-choose" @submit.prevent>
  <label><span>{{ w.choose.setting }}</span><select :value="address.setting" @change="send({setting: $event.target.value, plans: []})"><option v-for="each in choices.settings" :key="each.name" :value="each.name">{{ each.title }}</option><option v-if="address.setting === 'own'" value="own">{{ w.choose.own }}</option></select></label>
  <label><span>{{ w.choose.plan }}</span><select :value="plan" @change="send({plans: $event.target.value === 'usual' ? [] : [$event.target.value, ...address.plans.slice(1)]})"><option value="usual">{{ w.choose.none }}</option><option v-for="each in plans" :key="each.name" :value="each.name">{{ each.title }}</option></select></label>
  <label class="hs-narrow"><span>{{ w.choose.seed }}</span><input inputmode="numeric" maxlength="10" :value="address.seed" :aria-describedby="'hs-seed-help'" @change="seed"></label>
  <button type="button" class="hs-button" @click="luck"><hs-icon name="dice"/>{{ w.choose.luck }}</button>
  <details class="hs-what"><summary>{{ w.choose.what }}</summary><p v-for="text in about">{{ text }}</p><p id="hs-seed-help">{{ w.choose.seed_help }}</p></details>
</form>`,
  };

  // One's own network: read here, sent to this visitor's session, checked there
  hs.parts["hs-upload"] = {
    props: {own: Object},
    data: () => ({w, ties: null, people: null, wrong: "", reading: 0}),
    computed: {found() { return this.own && hs.fill(w.upload.found, this.own); }},
    methods: {
      async take(part, event) {
        const file = event.target.files[0];
        this.wrong = "";
        this[part] = null;
        if (!file) return;
        if (file.size > 300000) { this.wrong = w.upload.large; event.target.value = ""; return; }
        this.reading++;
        try { this[part] = {name: file.name.slice(-80), text: await file.text()}; } finally { this.reading--; }
      },
      send() { const files = {ties: this.ties}; if (this.people) files.people = this.people; this.$emit("upload", files); },
    },
    template: `
<details class="hs-upload"><summary>{{ w.upload.name }}</summary>
  <div class="hs-card hs-pad"><p>{{ w.upload.lead }}</p>
    <label><span>{{ w.upload.ties }}</span><input type="file" accept=".csv,.tsv,.txt,.graphml,.gexf,.gml,.net,.json,.edgelist,.adjlist" @change="take('ties', $event)"></label>
    <label><span>{{ w.upload.people }}</span><input type="file" accept=".csv,.tsv,.txt" @change="take('people', $event)"></label>
    <button type="button" class="hs-button hs-strong" :disabled="!ties || reading > 0" @click="send">{{ w.upload.send }}</button>
    <p role="status" class="hs-note" data-upload>{{ wrong || found }}</p><p class="hs-note">{{ w.upload.kept }}</p></div>
</details>`,
  };

  hs.parts["hs-colour"] = {
    props: {colour: String, hasPlan: Boolean},
    data: () => ({w}),
    computed: {all() { return ["distress", "help", "stigma", "approval", "expects"].concat(this.hasPlan ? ["reached"] : []); }},
    template: `<label class="hs-by"><span>{{ w.stage.colour }}</span><select :value="colour" @change="$emit('colour', $event.target.value)"><option v-for="each in all" :key="each" :value="each">{{ w.stage.by[each] }}</option></select></label>`,
  };

  // Levers: what the registry knows of each, where it stands, and what moving it means
  hs.parts["hs-levers"] = {
    props: {levers: Array, moved: Object, address: Object, choices: Object, presets: Array, week: Number},
    data: () => ({w, wanted: "", all: false, plan: "", opened: null}),
    computed: {
      shown() {
        const words = this.wanted.toLowerCase().split(/\s+/).filter(Boolean);
        const hit = each => words.every(word => (each.label + " " + each.name + " " + each.meaning).toLowerCase().includes(word));
        if (words.length) return this.levers.filter(hit).slice(0, 60);
        const rank = each => (each.name in this.moved ? 0 : each.first || 99);
        return this.levers.filter(each => rank(each) < 99 || this.planGroups.includes(each.group)).sort((a, b) => rank(a) - rank(b));
      },
      planGroups() { return [...new Set(this.levers.map(each => each.group))].filter(group => !["distress", "seeking", "replies", "care", "norms", "bonds", "groups"].includes(group)); },
      dates() {
        const said = this.address.changes.map(([week, , value, label]) => hs.fill(week ? w.levers.since : w.levers.always, {label, value: this.text(value), week: week + 1}));
        const begins = this.address.begin ? [w.levers.begins[this.address.begin]] : [];
        return begins.concat(said, this.address.additions.map(([week, plan]) => hs.fill(w.levers.begun, {label: this.titleOf(plan), week: week + 1})));
      },
      plans() { return this.choices.plans.filter(plan => plan.name !== "usual" && !this.address.plans.includes(plan.name) && !this.address.additions.some(each => each[1] === plan.name)); },
    },
    methods: {
      open(event) { if (event.target.open && !this.levers.length) this.$emit("open"); },
      value(each) { return each.name in this.moved ? this.moved[each.name] : each.usual; },
      text(value) { return w.fields.rules[value] || String(Number(Number(value).toPrecision(4))).replace("-", "−"); },
      choose(each, event) { this.$emit("lever", {name: each.name, value: event.target.value}); },
      set(each, event) {
        const value = Number(event.target.value);
        if (event.target.value !== "" && isFinite(value) && value >= each.low && value <= each.high) this.$emit("lever", {name: each.name, value});
        else event.target.value = this.value(each);
      },
      titleOf(name) { const found = this.choices.plans.find(each => each.name === name); return found ? found.title : name; },
      step(each) { const fine = (each.high - each.low) / 100, power = 10 ** Math.floor(Math.log10(fine)); return Number(([5, 2, 1].find(k => k * power <= fine * 1.001) * power).toPrecision(1)); },
    },
    template: `
<details class="hs-levers" @toggle="open"><summary :title="w.levers.none"><hs-icon name="levers"/><b>{{ w.levers.name }}</b><span v-if="dates.length" data-dates>{{ dates.join(" · ") }}</span></summary>
  <div class="hs-card hs-lever-box">
  <div class="hs-lever-head">
    <label><span>{{ w.levers.find }}</span><input type="search" maxlength="60" v-model="wanted"></label>
    <label><span>{{ w.levers.begin }}</span><select v-model="plan"><option value="" disabled>{{ w.levers.choose }}</option><option v-for="each in plans" :key="each.name" :value="each.name">{{ each.title }}</option></select></label>
    <button type="button" class="hs-button" :disabled="!plan" @click="$emit('begin', plan); plan = ''">{{ week ? w.levers.next_week : w.levers.at_once }}</button>
    <label><span>{{ w.levers.preset }}</span><select data-preset @change="$emit('preset', $event.target.value); $event.target.value = ''"><option value="">{{ w.levers.choose }}</option><option v-for="each in presets" :key="each.name" :value="each.name">{{ each.title }}</option></select></label>
    <label><span>{{ w.levers.begin_as }}</span><select :value="address.begin" @change="$emit('choose', {begin: $event.target.value})"><option v-for="key in ['', 'absent', 'present']" :key="key" :value="key">{{ w.levers.begin_by[key || 'usual'] }}</option></select></label>
    <button type="button" class="hs-button" :disabled="!dates.length" @click="$emit('reset')">{{ w.levers.reset }}</button>
  </div>
  <p class="hs-note">{{ week ? w.levers.from_next : w.levers.from_start }}</p>
  <p v-if="wanted && !shown.length" class="hs-lead">{{ w.levers.no_match }}</p>
  <ul class="hs-lever-list"><li v-for="each in shown" :key="each.name" :class="{moved: each.name in moved}">
    <label :for="'lever-' + each.name">{{ each.label }}</label>
    <div v-if="each.choices.length" class="hs-lever-set"><select :id="'lever-' + each.name" :value="value(each)" @change="choose(each, $event)"><option v-for="choice in each.choices" :key="choice.name" :value="choice.name">{{ choice.title }}</option></select></div>
    <div v-else class="hs-lever-set"><input :id="'lever-' + each.name" type="range" :min="each.low" :max="each.high" :step="step(each)" :value="value(each)" :aria-valuetext="text(value(each)) + ' ' + each.unit" @change="set(each, $event)">
      <input type="number" class="hs-exact" :aria-label="each.label + ', ' + each.unit" :min="each.low" :max="each.high" step="any" :value="Number(Number(value(each)).toPrecision(4))" @change="set(each, $event)"><span class="hs-unit">{{ each.unit }}</span></div>
    <details class="hs-about"><summary><template v-if="!each.choices.length">{{ w.levers.range }} {{ text(each.low) }} – {{ text(each.high) }}, </template>{{ w.levers.usual }} {{ text(each.usual) }}</summary>
      <p>{{ each.meaning }}</p><p>{{ each.grade.charAt(0).toUpperCase() + each.grade.slice(1) }}. {{ each.why }}</p><p v-for="source in each.sources" class="hs-source">{{ source }}</p></details>
  </li></ul></div>
</details>`,
  };

  // A few numbers of this week, as the engine counted them
  hs.parts["hs-figures"] = {
    props: {frame: Object, hasPlan: Boolean},
    data: () => ({w}),
    computed: {
      all() {
        return ["in_need", "unmet_need", "gap", "expects_both"].map(name => ({
          name, now: hs.number(this.frame.measures[name][0], "share"), other: hs.number(this.frame.measures[name][1], "share"),
        }));
      },
    },
    template: `<dl class="hs-figures"><div v-for="each in all" :key="each.name"><dt>{{ w.figures[each.name] }}<small v-if="hasPlan">{{ w.figures.without }} {{ each.other }}</small></dt><dd><b :data-figure="each.name">{{ each.now }}</b></dd></div></dl>`,
  };
})();
