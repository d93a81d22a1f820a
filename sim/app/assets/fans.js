// What is shown of many communities: curves in bands, and how far the work is.
(() => {
  const hs = window.helpseek;
  const w = hs.words;
  const chart = hs.parts["hs-chart"];
  const LINE = '<path v-for="(line, k) in lines" :key="line.id" class="hs-line"';

  // A chart whose lines have a band: low and high beside values
  hs.parts["hs-fan"] = {
    extends: chart,
    computed: {
      span() {
        let low = this.low ?? Infinity, high = this.high ?? -Infinity;
        for (const line of this.lines) for (const row of [line.values, line.lows, line.highs]) for (const value of row || []) if (value !== null) { low = Math.min(low, value); high = Math.max(high, value); }
        if (!isFinite(low)) { low = 0; high = 1; }
        if (high - low < 1e-9) high = low + 1;
        const room = 0.06 * (high - low);
        return [this.low !== undefined && low === this.low ? low : low - room, high + room];
      },
      bands() {
        return this.lines.map(line => {
          const known = line.values.map((value, week) => week).filter(week => line.values[week] !== null);
          if (!line.lows || !known.length) return "";
          const point = (row, week) => this.x(week).toFixed(1) + " " + this.y(row[week]).toFixed(1);
          return "M" + known.map(week => point(line.highs, week)).join("L") + "L" + known.slice().reverse().map(week => point(line.lows, week)).join("L") + "Z";
        });
      },
    },
    methods: {
      rowsOfData() {
        const many = Math.max(...this.lines.map(line => line.values.length));
        return [...Array(many).keys()].map(week => [week, ...this.lines.flatMap(line => [line.values[week] ?? null, line.lows ? line.lows[week] : null, line.highs ? line.highs[week] : null])]);
      },
      csv() { this.shut(); hs.save(`${this.name}.csv`, hs.csv(["week", ...this.lines.flatMap(line => [line.id + "_mean", line.id + "_low", line.id + "_high"])], this.rowsOfData()), "text/csv"); },
    },
    template: chart.template
      .replace(LINE, '<path v-for="(band, k) in bands" :key="\'b\' + k" class="hs-band" :d="band" :style="{fill: lines[k].colour}" opacity="0.16"/>' + LINE)
      .replace('<th v-for="line in lines" :key="line.id" scope="col">{{ line.label }}</th>', '<template v-for="line in lines"><th scope="col">{{ line.label }}: {{ w.work.mean }}</th><th scope="col">{{ w.work.low }}</th><th scope="col">{{ w.work.high }}</th></template>'),
  };

  // The colours and dashes of a few ways to live, in their order
  const LOOKS = [["var(--plan-0)", ""], ["var(--plan-1)", "7 2"], ["var(--plan-2)", "3 2"], ["var(--source-leader)", "10 3 2 3"]];
  hs.look = place => ({colour: LOOKS[place % 4][0], dash: LOOKS[place % 4][1]});
  hs.fan = (id, label, place, course) => ({id, label, ...hs.look(place), values: course.mean, lows: course.low, highs: course.high});

  // How far a piece of work is. Asks again while it goes on.
  hs.parts["hs-work"] = {
    props: {frame: Object, turn: Number, again: Number},
    data: () => ({w}),
    computed: {
      going() { return ["waiting", "running"].includes(this.frame.state); },
      said() { return hs.fill(w.work[this.frame.state] || "", {share: Math.round(100 * this.frame.share)}); },
    },
    watch: {turn() { this.later(); }, frame() { this.later(); }},
    mounted() { this.later(); },
    beforeDestroy() { clearTimeout(this.timer); },
    methods: {
      later() {
        clearTimeout(this.timer);
        if (this.going) this.timer = setTimeout(() => this.$emit("look"), 350);
      },
    },
    template: `
<div v-if="frame.state !== 'idle' && frame.state !== 'done'" class="hs-work">
  <p role="status" :data-work="frame.state">{{ frame.problem || said }}</p>
  <template v-if="going"><progress :value="frame.share" max="1" :aria-label="w.work.progress"></progress><button type="button" class="hs-button" @click="$emit('stop')">{{ w.work.stop }}</button></template>
</div>`,
  };
})();
