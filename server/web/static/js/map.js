// The map of a page: [data-map] is filled from its JSON address. Without scripts the list beside it stands alone.
// Circles at the centres of places, areas where outlines were imported, flows between places as arrows; nothing is
// fetched from another host.
"use strict";

(() => {
  const PER_DEGREE = 1e4;
  const SMALLEST = 4;
  const LARGEST = 20;
  const AT_FLOWS = 8; // arrows are what counts there
  const CLOSEST = 12; // a single place has no extent to go by

  // [[x, y, dx, dy, …], …] polygons of rings in 1/10,000 degree -> Leaflet's [[[lat, lon], …], …].
  function unpacked(shape) {
    return shape.map((polygon) =>
      polygon.map((steps) => {
        const ring = [];
        let x = 0;
        let y = 0;
        for (let i = 0; i < steps.length; i += 2) {
          x += steps[i];
          y += steps[i + 1];
          ring.push([y / PER_DEGREE, x / PER_DEGREE]);
        }
        return ring;
      }),
    );
  }

  // A flow as a slightly bent line, so that goods both ways between two places stay apart.
  const STEPS = 16;
  const BEND = 0.12;
  function bent([lat, lon], [toLat, toLon]) {
    const middle = [(lat + toLat) / 2 + BEND * (toLon - lon), (lon + toLon) / 2 - BEND * (toLat - lat)];
    return Array.from({ length: STEPS + 1 }, (_, step) => {
      const t = step / STEPS;
      const along = (from, over, to) => (1 - t) ** 2 * from + 2 * t * (1 - t) * over + t ** 2 * to;
      return [along(lat, middle[0], toLat), along(lon, middle[1], toLon)];
    });
  }

  // The head of every flow's arrow, once for the picture.
  const SVG = "http://www.w3.org/2000/svg";
  function arrow(picture) {
    if (picture.querySelector("#flow-head")) return;
    const marker = document.createElementNS(SVG, "marker");
    const shape = { id: "flow-head", viewBox: "0 0 10 10", refX: "9", refY: "5", markerUnits: "userSpaceOnUse", markerWidth: "9", markerHeight: "9", orient: "auto" };
    for (const [name, value] of Object.entries(shape)) marker.setAttribute(name, value);
    const head = document.createElementNS(SVG, "path");
    head.setAttribute("d", "M0 0 10 5 0 10z");
    head.setAttribute("class", "flow-head");
    marker.append(head);
    const defs = document.createElementNS(SVG, "defs");
    defs.append(marker);
    picture.prepend(defs);
  }

  function words(place) {
    const box = document.createElement("div");
    const name = document.createElement("strong");
    name.textContent = place.name;
    const figures = document.createElement("span");
    figures.textContent = place.words;
    box.append(name, figures);
    return box;
  }

  function draw(holder, data) {
    const map = L.map(holder, {
      attributionControl: false,
      zoomControl: false,
      scrollWheelZoom: false,
      zoomSnap: 0.1,
      renderer: L.svg({ padding: 0.5 }),
    });
    L.control
      .zoom({ zoomInTitle: holder.dataset.zoomIn, zoomOutTitle: holder.dataset.zoomOut })
      .addTo(map);
    const bounds = L.latLngBounds([]);
    const most = Math.max(1, ...data.places.map((place) => place.size));
    const largest = data.flows?.length ? AT_FLOWS : LARGEST;
    const layers = new Map();
    const add = (layer, place) => {
      layer.bindTooltip(() => words(place), { sticky: true, className: "map-tip" });
      layer.on("click", () => location.assign(place.url));
      layer.on("mouseover", () => layer.getElement()?.classList.add("is-near"));
      layer.on("mouseout", () => layer.getElement()?.classList.remove("is-near"));
      layer.addTo(map);
      layers.set(place.id, layer);
      bounds.extend(layer.getBounds ? layer.getBounds() : layer.getLatLng());
    };
    for (const frame of data.frames) {
      const outline = L.polygon(unpacked(frame), { className: "map-ground", interactive: false }).addTo(map);
      bounds.extend(outline.getBounds());
    }
    for (const place of data.places.filter((each) => each.shape)) {
      add(L.polygon(unpacked(place.shape), { className: `map-area shade-${place.shade}` }), place);
    }
    for (const place of data.places.filter((each) => !each.shape && each.at)) {
      const radius = Math.max(SMALLEST, largest * Math.sqrt(place.size / most));
      add(L.circleMarker(place.at, { radius, className: `map-circle shade-${place.shade}` }), place);
    }
    const heaviest = Math.max(1, ...(data.flows ?? []).map((flow) => flow.size));
    const flows = [];
    for (const flow of data.flows ?? []) {
      const line = L.polyline(bent(flow.from, flow.to), { className: "flow", weight: 1 + 3.5 * Math.sqrt(flow.size / heaviest), noClip: true });
      flows.push(line);
      add(line, flow);
    }
    for (const frame of data.frames) {
      L.polygon(unpacked(frame), { className: "map-frame", fill: false, interactive: false }).addTo(map);
    }
    if (data.attributions.length) {
      const control = L.control.attribution({ prefix: false, position: "bottomright" }).addTo(map);
      const plain = document.createElement("span");
      for (const owed of data.attributions) {
        plain.textContent = owed;
        control.addAttribution(plain.innerHTML);
      }
    }
    const margin = data.places.some((each) => !each.shape && each.at) ? LARGEST + 2 : 12; // a circle reaches beyond its centre
    map.fitBounds(bounds.isValid() ? bounds : [[8, 102], [23.5, 110]], { maxZoom: CLOSEST, paddingTopLeft: [margin, margin], paddingBottomRight: [margin, data.attributions.length ? margin + 22 : margin] });
    for (const line of flows) {
      arrow(line.getElement().ownerSVGElement); // drawn only now that the map has its bounds
      line.getElement().setAttribute("marker-end", "url(#flow-head)");
    }
    new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(holder);
    return layers;
  }

  // A name in the list and its place on the map show each other.
  function pair(panel, layers) {
    for (const link of panel.querySelectorAll("a[data-place]")) {
      const layer = layers.get(link.dataset.place);
      if (!layer) continue;
      const near = (on) => {
        layer.getElement()?.classList.toggle("is-near", on);
        if (on) layer.bringToFront().openTooltip(layer.getCenter ? layer.getCenter() : layer.getLatLng());
        else layer.closeTooltip();
      };
      link.addEventListener("mouseenter", () => near(true));
      link.addEventListener("mouseleave", () => near(false));
      link.addEventListener("focus", () => near(true));
      link.addEventListener("blur", () => near(false));
    }
  }

  async function start(holder) {
    const panel = holder.closest(".map-panel");
    try {
      const answer = await fetch(holder.dataset.map, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const data = await answer.json();
      if (!data.places.some((place) => place.shape || place.at)) throw new Error("no place has a position");
      holder.textContent = "";
      holder.removeAttribute("aria-busy");
      pair(panel, draw(holder, data));
      holder.dataset.drawn = String(data.places.length);
    } catch (error) {
      panel.classList.add("without-map"); // the list says the same
      console.warn("map:", error.message);
    }
  }

  const begun = new WeakSet();
  const look = () =>
    document.querySelectorAll("[data-map]").forEach((holder) => {
      if (begun.has(holder)) return;
      begun.add(holder);
      holder.closest(".map-panel").classList.add("with-map");
      start(holder);
    });
  look();
  document.addEventListener("htmx:load", look); // maps in parts of a page that are fetched later
})();
