"use strict";
(() => {
  const data = JSON.parse(document.getElementById("explore-data").textContent);
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  const explore = (here) => {
    const select = (id) => make("select", { id });
    const model = select("explore-model");
    const way = select("explore-way");
    const grouping = select("explore-grouping");
    const slider = make("input", { type: "range", id: "explore-stop", min: 0, step: 1 });
    const output = make("output", { for: "explore-stop" });
    const ends = make("div", { class: "ends", "aria-hidden": "true" }, make("span"), make("span"));
    const said = make("p", { class: "said", "aria-live": "polite" });
    const result = make("div");
    const missing = make("p", { class: "note" });
    const field = (control, label, ...more) =>
      make("div", { class: "field" }, make("label", { for: control.id }, label), control, ...more);
    const fill = (control, items) => {
      const before = control.value && control.options[control.selectedIndex].text;
      control.replaceChildren(...items.map((item, i) => make("option", { value: i }, item.title)));
      const same = items.findIndex((item) => item.title === before);
      control.value = String(Math.max(same, 0));
      return items[control.value];
    };
    const cell = ({ text, range, bar }) => {
      const out = make("td", {}, text);
      if (text === "hidden") out.className = "hidden";
      if (range) out.append(" ", make("span", { class: "interval" }, `(${range})`));
      if (bar !== undefined) {
        const line = make("span", { class: "meter", "aria-hidden": "true" }, make("span"));
        line.firstChild.style.width = `${bar}%`;
        out.append(line);
      }
      return out;
    };
    const show = (stop, head) => {
      const row = ({ head, cells }) => make("tr", {}, make("th", { scope: "row" }, head), ...cells.map(cell));
      const heads = [head, ...data.heads].map((text) => make("th", { scope: "col" }, text));
      const table = make("table", {}, make("caption", {}, stop.label.replace(/^./, (c) => c.toUpperCase())),
        make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...stop.rows.map(row)));
      const region = { class: "scroll", "data-wide": "", role: "region", tabindex: 0, "aria-label": `Table: ${stop.label}` };
      result.replaceChildren(make("div", region, table));
    };
    const draw = () => {
      const ways = fill(model, data.models).ways;
      const { groupings, missing: words } = fill(way, ways);
      const chosen = fill(grouping, groupings);
      slider.max = chosen.stops.length - 1;
      slider.disabled = chosen.stops.length < 2;
      ends.firstChild.textContent = chosen.stops[0].end;
      ends.lastChild.textContent = slider.disabled ? "" : chosen.stops.at(-1).end;
      missing.textContent = words;
      const stop = chosen.stops[slider.value];
      slider.setAttribute("aria-valuetext", stop.label);
      output.textContent = stop.label;
      said.textContent = stop.said;
      show(stop, chosen.head);
    };
    // A new grouping may have other stops: the one of the same words is kept, or else the first is shown.
    const redraw = () => {
      const before = output.textContent;
      slider.value = 0;
      draw();
      const chosen = data.models[model.value].ways[way.value].groupings[grouping.value];
      const same = chosen.stops.findIndex((stop) => stop.label === before);
      if (same >= 0) { slider.value = same; draw(); }
    };
    here.append(
      make("div", { class: "fields" }, field(model, data.labels.model), field(way, data.labels.way),
        field(grouping, data.labels.grouping, missing)),
      field(slider, data.labels.stop, ends, output), said, result, make("p", { class: "note" }, data.labels.note));
    for (const control of [model, way, grouping]) control.addEventListener("change", redraw);
    slider.addEventListener("input", draw);
    output.textContent = data.first;
    redraw();
    here.hidden = false;
  };

  // A column's head becomes a button: rising, falling, and back to the order of the report.
  const sortable = (table) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    if (rows.length < 3 || "inOrder" in table.dataset) return;
    const note = make("p", { class: "note", hidden: "hidden", role: "status" }, data.labels.sorted);
    table.parentElement.after(note);
    const words = new Map([["none", 0], ["fewer than 1", 0.5], ["more than 99", 99.5]]);
    const value = (row, column) => {
      const text = row.cells[column].firstChild ? row.cells[column].textContent.trim() : "";
      for (const [word, number] of words) if (text.startsWith(word)) return number;
      const found = text.replaceAll(",", "").replaceAll("\u2212", "-").match(/^\D{0,3}?(-?\d+(\.\d+)?)/);
      return found ? Number(found[1]) : NaN;
    };
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = make("button", { type: "button", class: "sort" }, ...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const next = { ascending: "descending", descending: "none" }[head.getAttribute("aria-sort")] ?? "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        const sorted = [...rows];
        if (next !== "none") {
          head.setAttribute("aria-sort", next);
          const sign = next === "ascending" ? 1 : -1;
          sorted.sort((a, b) => {
            if (column === 0) return sign * a.cells[0].textContent.localeCompare(b.cells[0].textContent, "en-GB");
            const [x, y] = [value(a, column), value(b, column)];
            // What is hidden stands last either way.
            if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
            return sign * (x - y);
          });
        }
        body.append(...sorted);
        note.hidden = next === "none";
      });
    });
  };

  for (const table of document.querySelectorAll("main table")) sortable(table);
  const here = document.getElementById("explore-here");
  if (here && data.models.length) explore(here);
})();
