// Charts: each [data-chart] draws the table inside it, so chart and table cannot differ. Without scripts the
// table is opened by its summary. The charting library is fetched when the first chart comes into view.
"use strict";

(() => {
  const language = document.documentElement.lang;
  const number = new Intl.NumberFormat(language === "en" ? "en-GB" : "vi-VN");
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const FONT = '"Be Vietnam Pro", system-ui, sans-serif';

  let library;
  const echartsFrom = (url) =>
    (library ??= new Promise((done, failed) => {
      const element = document.createElement("script");
      element.src = url;
      element.onload = done;
      element.onerror = failed;
      document.head.append(element);
    }));

  // The table as {labels, series: [{name, look, values}], marks}; an empty cell is a gap, not 0.
  function read(figure) {
    const heads = [...figure.querySelectorAll("thead th[data-series]")];
    const rows = [...figure.querySelectorAll("tbody tr")];
    const value = (row, head) => {
      const text = row.cells[head.cellIndex].dataset.value;
      return text === undefined || text === "" ? null : Number(text);
    };
    return {
      labels: rows.map((row) => row.cells[0].dataset.label ?? row.cells[0].textContent.trim()),
      series: heads.map((head) => ({
        name: head.textContent.trim(),
        look: head.dataset.series,
        values: rows.map((row) => value(row, head)),
      })),
      marks: rows
        .map((row, index) => ({ at: index, name: row.dataset.mark }))
        .filter((mark) => mark.name),
    };
  }

  const LOOKS = {
    actual: () => ({ type: "line", symbol: "none", lineStyle: { width: 3, color: colour("brand") }, itemStyle: { color: colour("brand") }, areaStyle: { color: colour("brand"), opacity: 0.12 } }),
    plan: () => ({ type: "line", symbol: "none", lineStyle: { width: 2, type: "dashed", color: colour("ink") }, itemStyle: { color: colour("ink") } }),
    needed: () => ({ type: "line", symbol: "none", lineStyle: { width: 2, type: "dotted", color: colour("late") }, itemStyle: { color: colour("late") } }),
    before: () => ({ type: "bar", barMaxWidth: 18, itemStyle: { color: colour("late") } }),
    plan_bar: () => ({ type: "bar", barMaxWidth: 18, itemStyle: { color: colour("shade-2") } }),
    rule: () => ({ type: "bar", barMaxWidth: 18, itemStyle: { color: "#d98a1f" }, decal: true }),
    after: () => ({ type: "bar", barMaxWidth: 18, itemStyle: { color: colour("brand") } }),
    bar: () => ({ type: "bar", barMaxWidth: 28, itemStyle: { color: colour("brand") } }),
    stack1: () => ({ type: "bar", stack: "all", barMaxWidth: 28, itemStyle: { color: colour("brand") } }),
    stack2: () => ({ type: "bar", stack: "all", barMaxWidth: 28, itemStyle: { color: colour("shade-3") }, decal: true }),
  };

  function option(figure, found) {
    const text = { color: colour("muted"), fontFamily: FONT, fontSize: 12 };
    const across = figure.dataset.chart === "across"; // bars lie, with names on the left
    const names = { type: "category", data: found.labels, axisLabel: { ...text, hideOverlap: true }, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("line") } }, boundaryGap: found.series.some((one) => one.look !== "actual" && LOOKS[one.look]().type === "bar"), inverse: across };
    const values = { type: "value", minInterval: 1, name: figure.dataset.unit, nameTextStyle: { ...text, align: across ? "right" : "left" }, axisLabel: { ...text, hideOverlap: true, formatter: (value) => number.format(value) }, splitLine: { lineStyle: { color: colour("line") } }, max: figure.dataset.most ? Number(figure.dataset.most) : undefined };
    const series = found.series.map((one) => ({ name: one.name, data: one.values, ...LOOKS[one.look]() }));
    if (found.marks.length && series.length) {
      series[0].markLine = {
        symbol: "none",
        silent: true,
        lineStyle: { color: colour("muted"), type: "solid", width: 1 },
        label: { ...text, position: "end", align: "right", rotate: 0, formatter: (mark) => mark.name },
        data: found.marks.map((mark) => ({ xAxis: mark.at, name: mark.name })),
      };
    }
    return {
      animation: false,
      textStyle: { fontFamily: FONT },
      grid: { left: 8, right: 16, top: series.length > 1 ? 56 : 32, bottom: 8, containLabel: true },
      legend: series.length > 1 ? { top: 0, left: 0, itemGap: 16, textStyle: { ...text, color: colour("ink") } } : undefined,
      // Drawn on the canvas: a tooltip of HTML would need inline styles, which the content policy forbids.
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, textStyle: { fontFamily: FONT, fontSize: 13, color: colour("ink") }, valueFormatter: (value) => (value == null ? "–" : number.format(value)) },
      xAxis: across ? values : names,
      yAxis: across ? names : values,
      series,
    };
  }

  async function draw(figure) {
    const canvas = figure.querySelector(".chart-canvas");
    try {
      await echartsFrom(figure.dataset.echarts);
    } catch {
      figure.querySelector("details").open = true; // the table says the same
      return;
    }
    canvas.hidden = false;
    const chart = echarts.init(canvas, null, { renderer: "canvas" });
    const shown = option(figure, read(figure));
    // On a phone the legend takes up to three lines; the last row holds for every other width.
    const media = shown.legend ? [{ query: { maxWidth: 420 }, option: { grid: { top: 104 } } }, { option: { grid: shown.grid } }] : [];
    chart.setOption({ baseOption: shown, media });
    new ResizeObserver(() => chart.resize()).observe(canvas);
    figure.dataset.drawn = "yes";
    window.addEventListener("beforeprint", () => chart.resize());
  }

  const drawn = new WeakSet();
  const once = (figure) => {
    if (drawn.has(figure)) return;
    drawn.add(figure);
    draw(figure);
  };
  const seen = new IntersectionObserver((entries) =>
    entries.filter((each) => each.isIntersecting).forEach((each) => once(each.target)),
  );
  // What nobody scrolled to is drawn later too: a page may be printed.
  const LATER_MS = 3000;
  const look = (within) =>
    within.querySelectorAll("[data-chart]").forEach((figure) => {
      seen.observe(figure);
      setTimeout(() => once(figure), LATER_MS);
    });
  look(document);
  // Parts of a page that are fetched after it was shown.
  document.addEventListener("htmx:load", (loaded) => look(loaded.detail.elt.parentElement ?? document));
})();
