// The part of plotly.js that the curves use. The library itself is the one in the plotly wheel, loaded as a plain script.

interface PlotlyAxis {
  range: [number, number];
  autorange?: boolean | string;
}

interface PlotlyElement extends HTMLElement {
  // both from the first drawing on
  layout?: { xaxis: PlotlyAxis; yaxis: PlotlyAxis };
  on?(event: string, listener: (data: Record<string, unknown>) => void): void;
}

interface PlotlyLibrary {
  react(node: HTMLElement, traces: object[], layout: object, config: object): Promise<unknown>;
  purge(node: HTMLElement): void;
}

declare var Plotly: PlotlyLibrary;
