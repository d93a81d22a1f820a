// What is drawn, to take away: any drawing of a page with its title as SVG or PNG, and its numbers as CSV.
(() => {
  const hs = window.helpseek;
  const w = hs.words;
  const SPACE = "http://www.w3.org/2000/svg";
  const KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-family", "font-weight", "text-anchor"];
  hs.face = "Roboto, 'Segoe UI', Arial, sans-serif";

  // A colour as every program can read it: browsers name some in ways that drawing programs do not know
  let pen = null;
  hs.plain = colour => {
    if (!/^(oklab|oklch|color|lab|lch|rgba)/.test(colour)) return colour;
    if (!pen) {
      const dot = document.createElement("canvas");
      dot.width = dot.height = 1;
      pen = dot.getContext("2d", {willReadFrequently: true});
    }
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue, seen] = pen.getImageData(0, 0, 1, 1).data;
    return seen ? `rgb(${red}, ${green}, ${blue})` : "none";
  };
  hs.resolved = colour => (colour.startsWith("var(") ? hs.colour(colour.slice(6, -1)) : colour);

  // A drawing with its title and keys above it, as the text of an SVG. Keys: [{label, colour, dash}], or {label, box: colour}
  hs.sheet = (drawing, width, height, title, keys) => {
    const copy = drawing.cloneNode(true), live = drawing.querySelectorAll("*");
    copy.querySelectorAll("*").forEach((each, k) => {
      const style = getComputedStyle(live[k]);
      for (const key of KEPT) each.style.setProperty(key, hs.plain(style.getPropertyValue(key)));
      for (const name of ["class", "tabindex", "role", "href", "aria-label"]) each.removeAttribute(name);
    });
    const top = 26 + 16 * keys.length, wide = Math.ceil(Math.max(width + 16, 24 + 7.6 * title.length, ...keys.map(each => 44 + 6.2 * each.label.length)));
    const sheet = document.createElementNS(SPACE, "svg");
    const put = (name, attributes, text) => {
      const each = document.createElementNS(SPACE, name);
      for (const [key, value] of Object.entries(attributes)) each.setAttribute(key, value);
      if (text) each.textContent = text;
      sheet.appendChild(each);
    };
    for (const [key, value] of Object.entries({xmlns: SPACE, viewBox: `0 0 ${wide} ${height + top}`, width: 2 * wide, height: 2 * (height + top)})) sheet.setAttribute(key, value);
    put("rect", {width: "100%", height: "100%", fill: hs.colour("paper")});
    put("text", {x: 8, y: 18, "font-size": 13, "font-weight": 600, "font-family": hs.face, fill: hs.colour("ink")}, title);
    keys.forEach((each, k) => {
      const y = 36 + 16 * k;
      if (each.box) put("rect", {x: 8, y: y - 9, width: 18, height: 10, fill: hs.resolved(each.box), stroke: hs.colour("field")});
      else put("line", {x1: 8, x2: 26, y1: y - 4, y2: y - 4, stroke: hs.resolved(each.colour), "stroke-width": 2, "stroke-dasharray": each.dash || ""});
      put("text", {x: 31, y, "font-size": 11, "font-family": hs.face, fill: hs.colour("quiet")}, each.label);
    });
    for (const name of ["class", "aria-label", "role"]) copy.removeAttribute(name);
    for (const [key, value] of Object.entries({x: 8, y: top, width, height})) copy.setAttribute(key, value);
    sheet.appendChild(copy);
    return new XMLSerializer().serializeToString(sheet);
  };

  // Two pictures as one, the second below the first
  hs.below = (first, second) => {
    const parts = [first, second].map(text => new DOMParser().parseFromString(text, "image/svg+xml").documentElement);
    const sheet = document.createElementNS(SPACE, "svg");
    const [wide, high] = ["width", "height"].map(name => parts.map(each => Number(each.getAttribute(name))));
    for (const [key, value] of Object.entries({xmlns: SPACE, width: Math.max(...wide), height: high[0] + high[1]})) sheet.setAttribute(key, value);
    parts[1].setAttribute("y", high[0]);
    sheet.append(...parts);
    return new XMLSerializer().serializeToString(sheet);
  };

  hs.saveSvg = (name, source) => hs.save(name + ".svg", source, "image/svg+xml");
  hs.savePng = (name, source) => {
    const picture = new Image(), url = URL.createObjectURL(new Blob([source], {type: "image/svg+xml"}));
    picture.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = picture.width * 1.5; canvas.height = picture.height * 1.5;
      const sheet = canvas.getContext("2d");
      sheet.scale(1.5, 1.5); sheet.drawImage(picture, 0, 0);
      URL.revokeObjectURL(url);
      canvas.toBlob(blob => hs.save(name + ".png", blob));
    };
    picture.src = url;
  };

  // The menu of something that is drawn: `csv` and `picture` give its numbers and its SVG when they are asked for
  hs.parts["hs-take"] = {
    props: {name: String, title: String, csv: Function, picture: Function},
    data: () => ({w}),
    methods: {
      shut() { this.$refs.menu.open = false; },
      numbers() { this.shut(); hs.save(this.name + ".csv", this.csv(), "text/csv"); },
      png() { this.shut(); hs.savePng(this.name, this.picture()); },
      svg() { this.shut(); hs.saveSvg(this.name, this.picture()); },
    },
    template: `
<details ref="menu" class="hs-menu" :data-take="name"><summary :aria-label="w.chart.menu + ': ' + title"><hs-icon name="more"/></summary>
  <div><button type="button" @click="numbers">{{ w.chart.csv }}</button><button type="button" @click="png">{{ w.chart.png }}</button><button type="button" @click="svg">{{ w.chart.svg }}</button></div></details>`,
  };
})();
