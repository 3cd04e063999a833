// The worker in which the language runs, asked one question at a time. Whatever happens to it, the texts are here.
export class Superseded extends Error {}
export class Broken extends Error {}

// A worker that is made of a text has the policy of the page, whatever its server sends along with a file; the text loads the file.
const WORKER = URL.createObjectURL(new Blob([`import ${JSON.stringify(new URL("./worker.js", import.meta.url).href)};`], { type: "text/javascript" }));

export class Engine {
  // `told` hears how it is: "starting", "ready", "working" or "failed", and a word about it. Whoever speaks to the language
  // server sets `heard(message)`, `born()` and `begun()`, which hear of its messages, of each new worker, and that one is ready.
  constructor(told) {
    this.told = told;
    this.waiting = [];
    this.running = null;
    this.number = 0;
    this.starts = [];
    this.loaded = new Promise((resolve) => (this.first = resolve)); // the first time
    this.start();
  }

  start() {
    this.ready = false;
    this.starts.push(performance.now());
    this.told("starting", "loading the language");
    this.born?.();
    this.worker = new Worker(WORKER, { type: "module", name: location.search === "?plain" ? "plain" : "" });
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.broke(event.message || "the worker could not be loaded");
    };
  }

  // Ask a question; of several that wait in one slot only the last is asked.
  ask(question, slot = null) {
    if (slot !== null) {
      for (const each of this.waiting.filter((other) => other.slot === slot)) each.reject(new Superseded());
      this.waiting = this.waiting.filter((other) => other.slot !== slot);
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, slot, resolve, reject });
      this.next();
    });
  }

  next() {
    if (!this.ready || this.running !== null) return;
    this.running = this.waiting.shift() ?? null;
    if (this.running === null) {
      this.told("ready", "");
      return;
    }
    this.running.number = ++this.number;
    this.told("working", this.running.question.ask ?? "");
    this.worker.postMessage({ number: this.number, question: this.running.question });
  }

  // A message to the language server, which lives in the same worker.
  say(message) {
    this.worker.postMessage({ message });
  }

  hear(message) {
    if (message.kind === "phase") this.told("starting", message.words);
    else if (message.kind === "ready") {
      this.ready = true;
      this.marks = message.marks;
      this.first();
      this.next();
      this.begun?.();
    } else if (message.kind === "server") this.heard?.(message.message);
    else if (message.kind === "fatal") this.broke(message.words);
    else if (this.running !== null && this.running.number === message.number) {
      const { resolve } = this.running;
      this.heap = message.heap;
      this.running = null;
      resolve(message.answer);
      this.next();
    }
  }

  // A fatal error of the runtime: a new worker takes its place, and what was asked is given up.
  broke(words) {
    const { running, ready } = this;
    this.worker.terminate();
    this.running = null;
    running?.reject(new Broken(`The language had to be started again (${words}). Your texts are as they were.`));
    this.starts = this.starts.filter((at) => performance.now() - at < 120_000);
    if (!ready && this.starts.length >= 3) {
      this.ready = false;
      this.told("failed", words);
      for (const each of this.waiting.splice(0)) each.reject(new Broken(`The language could not be loaded: ${words}.`));
    } else this.start();
  }

  stop() {
    if (this.running !== null) this.broke("stopped");
  }

  again() {
    this.starts = [];
    this.start();
  }
}
