// One person: her weeks as a strip, the people she trusts, and her reasons as bars.
(() => {
  const hs = window.helpseek;
  const w = hs.words;
  const STATES = ["well", "mild", "moderate", "severe"];
  const SOURCES = ["none", "friend", "leader", "professional"];
  const LANES = ["distress", "recognised", "asked", "answered", "help"];

  // What each week of a life says: bytes of one person, week after week
  hs.weeksOf = (text, many) => {
    const bytes = hs.bytes(text), made = [];
    for (let at = 0; at + many <= bytes.length; at += many) made.push(hs.said(bytes.subarray(at, at + many), 1, 0));
    return made;
  };

  hs.parts["hs-strip"] = {
    props: {weeks: Array, why: Number, label: String, horizon: Number},
    data: () => ({w, lanes: LANES, width: 700}),
    mounted() { this.sizes = new ResizeObserver(([entry]) => { this.width = Math.max(240, entry.contentRect.width); }); this.sizes.observe(this.$el); },
    beforeDestroy() { this.sizes.disconnect(); },
    computed: {
      left() { return 96; },
      step() { return (this.width - this.left - 4) / Math.max(this.horizon + 1, this.weeks.length); },
      marks() { const every = [1, 2, 4, 5, 10, 13, 26, 52].find(k => k * this.step >= 30) || 104; return [...Array(Math.floor((this.weeks.length - 1) / every) + 1).keys()].map(k => k * every); },
      spoken() { const last = this.weeks[this.weeks.length - 1]; return hs.fill(w.person.strip_spoken, {label: this.label, weeks: this.weeks.length - 1, need: this.weeks.filter((each, k) => k && each.need).length, asked: this.weeks.filter((each, k) => k && each.asked !== "none").length}); },
    },
    methods: {
      x(week) { return this.left + week * this.step; },
      click(event) {
        const area = this.$refs.svg.getBoundingClientRect();
        const week = Math.floor((event.clientX - area.left - this.left) / this.step);
        if (week >= 1 && week < this.weeks.length) this.$emit("why", week);
      },
      picture(title) { return hs.sheet(this.$refs.svg, this.width, 118, title, []); },
      sign(week) { return week.answer === 2 ? "+" : week.answer === 1 ? "−" : ""; },
    },
    template: `
<div class="hs-strip"><svg ref="svg" role="img" :aria-label="spoken" :viewBox="'0 0 ' + width + ' 118'" height="118" width="100%" @click="click">
  <text v-for="(lane, k) in lanes" :key="lane" class="hs-axis" x="0" :y="14 + 20 * k">{{ w.person.lanes[lane] }}</text>
  <rect v-if="why >= 0" class="hs-why-mark" :x="x(why) - 1" y="0" :width="step + 1" height="100"/>
  <g v-for="(week, k) in weeks" :key="k">
    <rect :x="x(k)" y="3" :width="Math.max(1, step - 1)" height="15" rx="1.5" :style="{fill: 'var(--distress-' + week.distress + ')'}"/>
    <rect v-if="week.need" :x="x(k)" y="23" :width="Math.max(1, step - 1)" height="15" rx="1.5" :class="week.recognised ? 'hs-seen' : 'hs-unseen'"/>
    <rect v-if="week.asked !== 'none'" :x="x(k)" y="43" :width="Math.max(2, step - 1)" height="15" rx="1.5" :style="{fill: 'var(--source-' + week.asked + ')'}"/>
    <text v-if="sign(week)" class="hs-sign" :x="x(k) + step / 2" y="76" text-anchor="middle">{{ sign(week) }}</text>
    <rect v-if="week.help" :x="x(k)" y="83" :width="Math.max(1, step - 1)" height="15" rx="1.5" :class="week.help === 1 ? 'hs-waits' : 'hs-cared'"/>
  </g>
  <text v-for="mark in marks" :key="'m' + mark" class="hs-axis" :x="x(mark) + step / 2" y="114" text-anchor="middle">{{ mark }}</text>
</svg></div>`,
  };

  // The people she trusts, round her: the more, the nearer
  hs.parts["hs-ties"] = {
    props: {name: String, title: String, life: Object, bytes: String, people: Number, reach: Number},
    data: () => ({w}),
    computed: {
      around() {
        const bytes = hs.bytes(this.bytes), many = this.life.ties.length;
        const trusts = this.life.ties.map(tie => tie.trust), top = Math.max(...trusts), low = Math.min(...trusts);
        return this.life.ties.map((tie, k) => {
          const said = hs.said(bytes, this.people, tie.number - 1);
          const angle = -Math.PI / 2 + 2 * Math.PI * k / many;
          const far = 52 + 66 * (top === low ? 0.5 : (top - tie.trust) / (top - low));
          return {...tie, x: 140 + far * Math.cos(angle), y: 132 + far * Math.sin(angle), said};
        });
      },
    },
    methods: {
      csv() { return hs.csv(["person", "leader", "trust", "distress_score", "distress"], this.around.map(tie => [tie.number, Number(tie.leader), tie.trust, tie.said.score, tie.said.distress])); },
      picture() { return hs.sheet(this.$refs.svg, 280, 264, this.title, []); },
      about(tie) { return [hs.fill(w.person.name, {number: tie.number}), tie.leader ? w.person.leader : null, w.states[tie.said.distress], w.person.trust + " " + tie.trust.toFixed(2)].filter(Boolean).join(", "); },
    },
    template: `
<div class="hs-ties">
  <div class="hs-chart-head"><h2>{{ w.person.ties }}</h2><hs-take :name="name" :title="w.person.ties" :csv="csv" :picture="picture"/></div>
  <svg ref="svg" viewBox="0 0 280 264" role="group" :aria-label="w.person.ties">
    <line v-for="tie in around" :key="'l' + tie.number" class="hs-tie" x1="140" y1="132" :x2="tie.x" :y2="tie.y" :style="{strokeWidth: 0.6 + 3 * tie.trust * tie.trust}"/>
    <circle cx="140" cy="132" r="15" class="hs-self"/><text x="140" y="136.500" text-anchor="middle" class="hs-self-name">{{ life.number }}</text>
    <a v-for="tie in around" :key="tie.number" href="#" :aria-label="about(tie)" @click.prevent="$emit('look', tie.number)"><title>{{ about(tie) }}</title>
      <rect v-if="tie.leader" :x="tie.x - 8" :y="tie.y - 8" width="16" height="16" rx="2" class="hs-other" :style="{fill: 'var(--distress-' + tie.said.distress + ')'}"/>
      <circle v-else :cx="tie.x" :cy="tie.y" r="9" class="hs-other" :style="{fill: 'var(--distress-' + tie.said.distress + ')'}"/></a>
  </svg>
  <p class="hs-note">{{ life.ties.length ? w.person.ties_note : w.person.no_ties }} {{ outside }}</p>
</div>`,
  };
  hs.parts["hs-ties"].computed.outside = function () { return hs.fill(w.person.outside, {count: this.life.outside >= 3 ? "3+" : this.life.outside}); };

  // Each term of the choice as a bar to the right (for asking) or to the left (against it)
  hs.parts["hs-reasons"] = {
    props: {why: Object, name: String, title: String},
    data: () => ({w, open: null}),
    watch: {why() { this.open = null; }},
    computed: {
      choices() {
        const made = this.why.options.map(option => ({key: option.source, share: option.probability, colour: `var(--source-${option.source})`}));
        made.push({key: "none", share: this.why.nobody, colour: "var(--source-none)"});
        let from = 0;
        for (const each of made) { each.from = from; from += each.share; }
        return made;
      },
      shown() { return this.open || (this.why.asked !== "none" ? this.why.asked : [...this.why.options].sort((a, b) => b.probability - a.probability)[0].source); },
      option() { return this.why.options.find(option => option.source === this.shown); },
      scale() { return Math.max(1, ...this.option.terms.map(term => Math.abs(term[1]))); },
    },
    methods: {
      percent(share) { return hs.number(share, "share"); },
      termName(key) { return w.reasons.terms[key][this.shown] || w.reasons.terms[key].any; },
      state(key, state) {
        const text = w.reasons.states[key];
        if (!text) return "";
        const value = ["others", "unrecognised", "access"].includes(key) ? hs.number(state, "share") : ["encouraged"].includes(key) ? hs.number(state, "whole") : key === "distress" || key === "wait" ? state.toFixed(1) : hs.number(state);
        return hs.fill(text, {value});
      },
      amount(value) { const text = Math.abs(value).toFixed(2); return text === "0.00" ? text : (value < 0 ? "−" : "+") + text; },
      csv() { return hs.csv(["source", "probability", "reason", "effect", "state"], this.why.options.flatMap(option => option.terms.map(([key, amount, state]) => [option.source, option.probability, key, amount, state]))); },
      // The bars as they stand on the page, as the text of an SVG
      picture() {
        const rows = [...this.says(this.option).map(([key, amount]) => [this.termName(key), amount, amount]), [w.reasons.sum, 0, this.option.utility]];
        const [ink, high] = [hs.colour("ink"), 54 + 24 * rows.length];
        const text = (x, y, said, more) => `<text x="${x}" y="${y}" font-family="${hs.face}" font-size="12" fill="${ink}" ${more || ""}>${hs.xml(said)}</text>`;
        const bars = rows.map(([label, bar, amount], k) => {
          const y = 54 + 24 * k, wide = 130 * Math.abs(bar) / this.scale;
          return text(8, y, label) + `<rect x="${bar < 0 ? 400 - wide : 400}" y="${y - 11}" width="${wide}" height="14" fill="${hs.colour(bar < 0 ? "plan-2" : "source-leader")}"/>` + text(632, y, this.amount(amount), 'text-anchor="end"');
        });
        const head = text(8, 20, `${this.title}: ${w.reasons.options[this.shown]}`, 'font-weight="600"');
        return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 ${high}" width="1280" height="${2 * high}"><rect width="100%" height="100%" fill="${hs.colour("paper")}"/>${head}<line x1="400" x2="400" y1="34" y2="${high - 34}" stroke="${ink}"/>${bars.join("")}</svg>`;
      },
      says(option) { return option.terms.filter(term => term[1] !== 0); },
    },
    template: `
<div class="hs-reasons">
  <template v-if="why.in_need">
    <p class="hs-lead">{{ why.recognised ? w.reasons.recognised : w.reasons.unrecognised }} <b>{{ w.reasons.did[why.asked] }}</b></p>
    <div class="hs-luck" role="img" :aria-label="choices.map(each => w.reasons.options[each.key] + ' ' + percent(each.share)).join(', ') + '. ' + w.reasons.luck_spoken[why.asked]">
      <div class="hs-luck-bar"><i v-for="each in choices" :key="each.key" :style="{width: 100 * each.share + '%', background: each.colour}"></i><b :style="{left: 100 * why.draw + '%'}"></b></div>
    </div>
    <ul class="hs-chances"><li v-for="each in choices" :key="each.key"><i class="hs-dot" :style="{background: each.colour}"></i>{{ w.reasons.options[each.key] }} <b :data-chance="each.key">{{ percent(each.share) }}</b></li></ul>
    <p class="hs-note">{{ w.reasons.luck }}</p>
    <div class="hs-chart-head hs-which"><div class="hs-tabs" role="group" :aria-label="w.reasons.which"><button v-for="each in why.options" :key="each.source" :aria-pressed="each.source === shown ? 'true' : 'false'" @click="open = each.source">{{ w.reasons.options[each.source] }}</button></div><hs-take :name="name" :title="w.reasons.which" :csv="csv" :picture="picture"/></div>
    <p v-if="option.closed.length" class="hs-closed">{{ option.closed.map(key => w.reasons.closed[key]).join(" ") }}</p>
    <table class="hs-terms"><caption class="hs-heard">{{ w.reasons.caption }} {{ w.reasons.options[shown] }}</caption><thead class="hs-heard"><tr><th scope="col">{{ w.reasons.reason }}</th><th scope="col">{{ w.reasons.effect }}</th><th scope="col">{{ w.reasons.effect }}</th></tr></thead><tbody>
      <tr v-for="term in says(option)" :key="term[0]"><th scope="row">{{ termName(term[0]) }}<small v-if="state(term[0], term[2])">{{ state(term[0], term[2]) }}</small></th>
        <td class="hs-bars"><i :class="term[1] < 0 ? 'against' : 'for'" :style="{width: 50 * Math.abs(term[1]) / scale + '%', [term[1] < 0 ? 'right' : 'left']: '50%'}"></i></td>
        <td class="hs-amount" :data-term="term[0]">{{ amount(term[1]) }}</td></tr>
      <tr class="hs-sum"><th scope="row">{{ w.reasons.sum }}</th><td></td><td class="hs-amount" data-term="sum">{{ amount(option.utility) }}</td></tr>
    </tbody></table>
    <p class="hs-note">{{ w.reasons.scale }}</p>
  </template>
  <p v-else class="hs-lead">{{ w.reasons.no_need }}</p>
</div>`,
  };
})();
