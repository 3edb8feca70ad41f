// When numbers are written that change many times a second. Drawn in software, a frame of the page costs as much as one of
// the stage, because all that is seen is put together anew; written each for itself they would take half a core from a
// training. So while one runs they wait for the stage's next frame and share it.

const LONGEST = 500; // ms that a number waits where the stage draws nothing

/** Pace keeps the newest write of each name until frame() or the longest wait; where patient() is false it writes at once. */
export class Pace {
  /** @type {Map<string, () => void>} */
  #waiting = new Map(); // name -> write
  #timer = 0;

  /** @param {() => boolean} patient */
  constructor(patient) {
    this.patient = patient;
  }

  /**
   * write calls what writes the numbers of that name; only the newest counts, so it must look at what holds when it is called.
   * @param {string} name
   * @param {() => void} write
   */
  write(name, write) {
    this.#waiting.set(name, write);
    if (!this.patient()) this.frame();
    else this.#timer ||= setTimeout(() => this.frame(), LONGEST);
  }

  /** frame writes all that waits. */
  frame() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const writes = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const write of writes) write();
  }
}
