// The playhead: a time that runs, stands, and is sought. What moves with it is asked once per frame.
import { Pace } from "./pace.js";

const LONGEST_FRAME_S = 0.5; // a hidden tab must not leap ahead

export class Playhead {
  time = 0; // 0 .. end, in the unit of whoever moves with it
  end = 0;
  rate = 1; // units per second at speed 1x, which is real time
  speed = 1;
  loops = true;
  playing = false;
  last = 0;

  // `follower` has changed(), called when it starts or stops, and moved(), called with every new time; it may have
  // ended(), which says true where it has put the playhead elsewhere itself
  /**
   * @param {Pick<MapStage, "sharpness">} stage
   * @param {Follower} follower
   */
  constructor(stage, follower) {
    this.follower = follower;
    this.pace = new Pace(stage);
  }

  play() {
    if (this.time >= this.end) this.time = 0;
    this.playing = true;
    this.last = performance.now();
    this.pace.start();
    this.#next();
    this.follower.changed();
  }

  pause() {
    this.playing = false;
    this.pace.stop();
    this.follower.changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  // for good: nobody is told
  leave() {
    this.playing = false;
    this.pace.stop();
  }

  /** @type {(time: number) => void} */
  seek(time) {
    this.time = Math.max(0, Math.min(this.end, time));
    this.follower.moved();
  }

  // to the next or the last multiple of `unit`, and stands there
  /** @type {(units: number, unit?: number) => void} */
  step(units, unit = 1) {
    if (this.playing) this.pause();
    this.seek((Math.round(this.time / unit) + units) * unit);
  }

  #next() {
    this.pace.next((now) => this.#tick(now));
  }

  /** @type {(now: number) => void} */
  #tick(now) {
    if (!this.playing) return;
    // The first frame may carry a time before the click that started it.
    const elapsed = Math.max(0, Math.min(LONGEST_FRAME_S, (now - this.last) / 1000));
    this.last = Math.max(now, this.last);
    this.pace.frame(elapsed * 1000);
    this.time += elapsed * this.rate * this.speed;
    if (this.time >= this.end) this.#end();
    this.follower.moved();
    if (this.playing) this.#next();
  }

  #end() {
    if (this.follower.ended?.()) return;
    this.time = this.loops ? 0 : this.end;
    if (!this.loops) this.pause();
  }
}
