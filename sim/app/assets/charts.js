// Curves as SVG: drawn as the weeks pass, with their numbers beside them, a text for those who cannot see them, and data to take away.
(() => {
  const hs = window.helpseek;
  const w = hs.words;
  const EDGE = {left: 38, right: 10, top: 8, bottom: 20};

  // Round numbers that cover a span
  function ticks(low, high, most) {
    const raw = (high - low) / most || 1;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 2.5, 5, 10].map(k => k * power).find(k => k >= raw * 0.999);
    const found = [];
    for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + step * 1e-6; at += step) found.push(Math.abs(at) < step * 1e-6 ? 0 : at);
    return found;
  }

  hs.parts["hs-chart"] = {
    // lines: [{id, label, colour, values: [number or null by week], dash, quiet}]; kind: share, whole or other; low and high: least span shown
    props: {name: String, title: String, note: String, lines: Array, horizon: Number, kind: String, low: Number, high: Number, level: Number, tall: Boolean},
    data: () => ({w, width: 340, table: false}),
    mounted() {
      this.sizes = new ResizeObserver(([entry]) => { this.width = Math.max(180, Math.round(entry.contentRect.width)); });
      this.sizes.observe(this.$refs.box);
    },
    beforeDestroy() { this.sizes.disconnect(); },
    computed: {
      height() { return this.tall ? 240 : 132; },
      weeks() { return Math.max(1, ...this.lines.map(line => line.values.length - 1)); },
      last() { return Math.max(this.horizon || 0, this.weeks, 4); },
      span() {
        let low = this.low ?? Infinity, high = this.high ?? -Infinity;
        for (const line of this.lines) for (const value of line.values) if (value !== null) { low = Math.min(low, value); high = Math.max(high, value); }
        if (this.level !== undefined) { low = Math.min(low, this.level); high = Math.max(high, this.level); }
        if (!isFinite(low)) { low = 0; high = 1; }
        if (high - low < 1e-9) high = low + 1;
        return [low, high + (high - low) * 0.06];
      },
      rows() { return ticks(this.span[0], this.span[1], this.tall ? 5 : 3); },
      columns() { return ticks(0, this.last, this.width < 260 ? 3 : 5); },
      paths() {
        return this.lines.map(line => {
          let path = "", down = false;
          line.values.forEach((value, week) => {
            if (value === null) { down = false; return; }
            path += (down ? "L" : "M") + this.x(week).toFixed(1) + " " + this.y(value).toFixed(1);
            down = true;
          });
          return path;
        });
      },
      ends() {
        return this.lines.map(line => {
          const week = line.values.length - 1, value = line.values[week];
          return value === null || value === undefined ? null : {x: this.x(week), y: this.y(value)};
        });
      },
      spoken() {
        const said = this.lines.map(line => {
          const known = line.values.filter(value => value !== null);
          const now = line.values[line.values.length - 1];
          return hs.fill(w.chart.line, {label: line.label, now: this.say(now), first: this.say(known[0]), low: this.say(Math.min(...known)), high: this.say(Math.max(...known))});
        });
        return hs.fill(w.chart.spoken, {title: this.title, week: this.weeks}) + " " + said.join(" ");
      },
    },
    methods: {
      x(week) { return EDGE.left + (this.width - EDGE.left - EDGE.right) * week / this.last; },
      y(value) { const [low, high] = this.span; return this.height - EDGE.bottom - (this.height - EDGE.top - EDGE.bottom) * (value - low) / (high - low); },
      say(value) { return hs.number(value, this.kind); },
      tick(value) { return this.kind === "share" ? Math.round(100 * value * 10) / 10 + "%" : String(Math.round(value * 1000) / 1000).replace("-", "−"); },
      now(line) { return this.say(line.values[line.values.length - 1]); },
      rowsOfData() {
        const many = Math.max(...this.lines.map(line => line.values.length));
        return [...Array(many).keys()].map(week => [week, ...this.lines.map(line => line.values[week] ?? null)]);
      },
      csv() { this.shut(); hs.save(`${this.name}.csv`, hs.csv(["week", ...this.lines.map(line => line.id)], this.rowsOfData()), "text/csv"); },
      source() { return hs.sheet(this.$refs.svg, this.width, this.height, this.title, this.lines.map(line => ({...line, label: `${line.label}: ${this.now(line)}`}))); },
      svg() { this.shut(); hs.saveSvg(this.name, this.source()); },
      png() { this.shut(); hs.savePng(this.name, this.source()); },
      shut() { this.$refs.menu.open = false; },
      show() { this.shut(); this.table = !this.table; },
    },
    template: `
<section class="hs-card hs-chart" :data-chart="name">
  <div class="hs-chart-head"><h3>{{ title }}</h3>
    <details ref="menu" class="hs-menu"><summary :aria-label="w.chart.menu + ': ' + title"><hs-icon name="more"/></summary>
      <div><button @click="show">{{ table ? w.chart.hide : w.chart.table }}</button><button @click="csv">{{ w.chart.csv }}</button><button @click="png">{{ w.chart.png }}</button><button @click="svg">{{ w.chart.svg }}</button></div></details>
  </div>
  <ul class="hs-keys"><li v-for="line in lines" :key="line.id" :class="{quiet: line.quiet}"><svg width="20" height="8" aria-hidden="true"><line x1="0" x2="20" y1="4" y2="4" :style="{stroke: line.colour}" :stroke-dasharray="line.dash" stroke-width="2.4"/></svg>{{ line.label }} <b :data-measure="line.id">{{ now(line) }}</b></li></ul>
  <div ref="box">
    <svg ref="svg" class="hs-svg" role="img" :aria-label="spoken" :viewBox="'0 0 ' + width + ' ' + height" :height="height">
      <g v-for="row in rows" :key="'r' + row"><line class="hs-grid" :x1="${EDGE.left}" :x2="width - ${EDGE.right}" :y1="y(row)" :y2="y(row)"/><text class="hs-axis" :x="${EDGE.left - 6}" :y="y(row) + 3.5" text-anchor="end">{{ tick(row) }}</text></g>
      <text v-for="column in columns" :key="'c' + column" class="hs-axis" :x="x(column)" :y="height - 5" text-anchor="middle">{{ column }}</text>
      <line v-if="level !== undefined" class="hs-level" :x1="${EDGE.left}" :x2="width - ${EDGE.right}" :y1="y(level)" :y2="y(level)"/>
      <path v-for="(line, k) in lines" :key="line.id" class="hs-line" :d="paths[k]" :style="{stroke: line.colour}" :stroke-dasharray="line.dash" :stroke-width="line.quiet ? 1.5 : 2.2"/>
      <circle v-for="(end, k) in ends" v-if="end" :key="'e' + k" :cx="end.x" :cy="end.y" :r="lines[k].quiet ? 2.2 : 3.2" :style="{fill: lines[k].colour}"/>
    </svg>
  </div>
  <p v-if="note" class="hs-note">{{ note }}</p>
  <div v-if="table" class="hs-scroll" tabindex="0" :aria-label="title"><table><thead><tr><th scope="col">{{ w.chart.week }}</th><th v-for="line in lines" :key="line.id" scope="col">{{ line.label }}</th></tr></thead>
    <tbody><tr v-for="row in rowsOfData()" :key="row[0]"><th scope="row">{{ row[0] }}</th><td v-for="(value, k) in row.slice(1)" :key="k">{{ say(value) }}</td></tr></tbody></table></div>
</section>`,
  };

  // All charts of a page, out of the weeks so far and the week that has just come
  hs.parts["hs-charts"] = {
    props: {history: Object, frame: Object, horizon: Number, hasPlan: Boolean, chosen: Array},
    data: () => ({w, weeks: {}}),
    watch: {
      history: {immediate: true, handler(now) { this.weeks = JSON.parse(JSON.stringify(now)); }},
      frame(now) {
        const at = now.week;
        for (const [name, both] of Object.entries(now.measures)) {
          const list = this.weeks[name];
          if (list && list.length === at) list.push(both);
          else if (list && list.length > at) list[at] = both;
        }
        this.weeks = {...this.weeks};
      },
    },
    computed: {
      charts() { return CHARTS.filter(chart => !this.chosen || this.chosen.includes(chart.name)).map(chart => ({...chart, lines: this.linesOf(chart)})); },
    },
    methods: {
      noteOf(chart) { return hs.fill(w.charts[chart.name].note, chart.name === "criterion" ? this.frame.norm : {}); },
      linesOf(chart) {
        const made = [];
        for (const line of chart.lines) {
          const both = this.weeks[line.id] || [];
          made.push({...line, label: w.measures[line.id], values: both.map(pair => pair[0])});
        }
        if (this.hasPlan) for (const line of chart.lines.slice(0, chart.twins ?? 1)) {
          const both = this.weeks[line.id] || [];
          made.push({...line, id: line.id + "_without", label: hs.fill(w.chart.without, {label: w.measures[line.id]}), colour: "var(--plan-0)", dash: "3 3", quiet: true, values: both.map(pair => pair[1])});
        }
        return made;
      },
    },
    template: `<div class="hs-charts"><hs-chart v-for="chart in charts" :key="chart.name" :name="chart.name" :title="w.charts[chart.name].title" :note="noteOf(chart)" :lines="chart.lines" :horizon="horizon" :kind="chart.kind" :low="chart.low" :high="chart.high" :level="chart.name === 'criterion' ? frame.norm.share : chart.level"/></div>`,
  };
  const CHARTS = [
    {name: "need", kind: "share", low: 0, high: 0.12, lines: [{id: "in_need", colour: "var(--distress-severe)"}]},
    {name: "seeking", kind: "share", low: 0, high: 0.2, twins: 0, lines: [{id: "sought_friend", colour: "var(--source-friend)"}, {id: "sought_leader", colour: "var(--source-leader)", dash: "6 2"}, {id: "sought_professional", colour: "var(--source-professional)", dash: "2 2"}]},
    {name: "unmet", kind: "share", low: 0, high: 1, lines: [{id: "unmet_need", colour: "var(--private)"}]},
    {name: "ignorance", kind: "share", low: 0, high: 0.6, twins: 0, lines: [{id: "would_speak", colour: "var(--private)"}, {id: "speaks", colour: "var(--perceived)"}, {id: "gap", colour: "var(--quiet)", dash: "2 3"}]},
    {name: "expects", kind: "share", low: 0, high: 0.5, lines: [{id: "descriptive_norm", colour: "var(--private)"}]},
    {name: "approval", kind: "other", low: -1, high: 0.2, level: 0, twins: 1, lines: [{id: "injunctive_norm", colour: "var(--private)"}]},
    {name: "stigma", kind: "other", low: -0.3, high: 0.3, lines: [{id: "self_stigma", colour: "var(--private)"}]},
    {name: "perceived", kind: "other", low: -0.2, high: 1, level: 0, lines: [{id: "perceived_stigma", colour: "var(--perceived)"}]},
    {name: "criterion", kind: "share", low: 0, high: 1, level: 0.5, twins: 0, lines: [{id: "expects_both", colour: "var(--private)"}, {id: "sought_in_time", colour: "var(--source-leader)", dash: "6 2"}]},
    {name: "queue", kind: "whole", low: 0, high: 5, lines: [{id: "queue", colour: "var(--source-professional)"}]},
  ];
})();
