// Who is served by whom over time: a row per user, a bar per spell with one station. Stations differ by colour, by pattern
// and by the name in their bars; its keys count the users of each at the playhead.
import { LineChart } from "./chart.js";
import { escaped, spans } from "./chart_data.js";
import { fromHex, inkOn } from "./palette.js";
import { later } from "./later.js";

/** @import { Flight } from "./flight.js" */
/** @import { PlotLayout } from "./chart.js" */

const ROW_PX = 15;
const [LEAST_PX, MOST_PX, AXIS_PX] = [160, 520, 34];
const MOST_NAMED = 40; // rows: of more users only some are named at the axis
const [NAMED_SHARE, NAME_PX] = [0.12, 9]; // spells of at least this share of the time bear their station's name
const BAR = 0.82; // of a row
const PATTERN = { fillmode: "overlay", size: 6, solidity: 0.12, fgcolor: "#ffffff" };
const SHAPES = ["", "/", "\\", "x", "-", "|", "+", "."];

/**
 * @typedef {object} Spell
 * @property {number} user
 * @property {number} from
 * @property {number} to in seconds
 */

export class ServingStrip extends LineChart {
  /** @type {Flight} */
  flight = later();
  /** @type {Spell[][]} by line: a station, or the last one all others */
  spells = [];

  /** @param {{ onseek: (share: number) => void }} options */
  constructor({ onseek }) {
    super({ title: "Who is served by whom", unit: "users", onseek, steps: true });
    this.node.classList.add("wide");
  }

  /** @type {(flight: Flight, times: number[], lines: Line[]) => void} */
  follow(flight, times, lines) {
    this.flight = flight;
    const rows = Math.max(LEAST_PX, Math.min(MOST_PX, AXIS_PX + ROW_PX * flight.users.length));
    this.plot.style.height = `${rows}px`;
    this.spells = spellsOf(flight, times, lines.length);
    this.show(times, lines);
  }

  traces() {
    const leastS = NAMED_SHARE * this.times[this.times.length - 1];
    return this.series.map((line, index) => ({
      type: "bar",
      orientation: "h",
      name: escaped(line.label),
      base: this.spells[index].map(({ from }) => from),
      x: this.spells[index].map(({ from, to }) => to - from),
      y: this.spells[index].map(({ user }) => user),
      width: BAR, // else each station would have its own, after how near its users are to one another
      customdata: this.spells[index].map(({ user, from, to }) => [escaped(this.flight.users[user]), from, to]),
      text: this.spells[index].map(({ from, to }) => (to - from >= leastS ? escaped(line.label) : "")),
      textposition: "inside",
      insidetextanchor: "start",
      textangle: 0,
      constraintext: "none",
      insidetextfont: { size: NAME_PX, color: inkOn(fromHex(line.colour)) },
      marker: { color: line.colour, pattern: { ...PATTERN, shape: SHAPES[index % SHAPES.length] } },
      visible: !this.hidden.has(line.label),
      hovertemplate:
        "<b>%{customdata[0]}</b> by %{fullData.name}<br>%{customdata[1]:.4~g} to %{customdata[2]:.4~g} s<extra></extra>",
    }));
  }

  /** @type {(box: DOMRect) => PlotLayout} */
  layout(box) {
    const whole = super.layout(box);
    const { users } = this.flight;
    const step = Math.ceil(users.length / MOST_NAMED);
    const named = users.map((_, user) => user).filter((user) => user % step === 0);
    return {
      ...whole,
      barmode: "overlay",
      yaxis: {
        ...whole.yaxis,
        autorange: false,
        range: [users.length - 0.5, -0.5],
        fixedrange: true,
        rangemode: "normal",
        showgrid: false,
        tickvals: named,
        ticktext: named.map((user) => escaped(users[user])),
      },
    };
  }

  description() {
    const { flight } = this;
    const changes = this.spells.flat().length - new Set(this.spells.flat().map(({ user }) => user)).size;
    return `${this.title}: ${flight.users.length} users, ${flight.meta.stations.length} stations, ${changes} changes.`;
  }
}

/** @type {(flight: Flight, times: number[], lines: number) => Spell[][]} */
function spellsOf({ bundle, users, slots }, times, lines) {
  /** @type {Spell[][]} */
  const found = Array.from({ length: lines }, () => []);
  const server = bundle.serving_station.map((station, index) => (bundle.served[index] ? station : -1));
  users.forEach((_, user) => {
    for (const { value, from, to } of spans(server, user, users.length, slots))
      if (value >= 0) found[Math.min(value, lines - 1)].push({ user, from: times[from], to: times[to] });
  });
  return found;
}
