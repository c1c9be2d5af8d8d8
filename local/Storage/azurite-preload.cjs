'use strict';

// Loaded into Azurite's process before Azurite itself (node --require). Two things Azurite lacks for a service that others build on:
//
// 1. It keeps its metadata in LokiJS, which writes a whole database out every five seconds when it has changed. A kill -9 loses
//    what was acknowledged since. Here every insert, update and removal is also appended to a journal, by a write that has reached
//    the kernel before the request is answered, and the journal is replayed over the last saved database at the next start. A save
//    begins a new journal file; when the save is done, the files before it are removed. (Blob and message bodies are appended to
//    files by Azurite itself before it touches the metadata.)
// 2. It would outlive its supervisor. Its standard input is a pipe from there: at its end, however it came about, it exits.

const fs = require('node:fs');
const path = require('node:path');

const Loki = require(require.resolve('lokijs', { paths: [path.dirname(process.argv[1])] }));
const journals = new Map();

class Journal {
  constructor(database) {
    this.directory = path.dirname(database);
    this.prefix = path.basename(database) + '.journal.';
    this.generation = Math.max(0, ...this.generations());
    this.file = undefined;
  }

  generations() {
    if (!fs.existsSync(this.directory)) {
      return [];
    }
    return fs.readdirSync(this.directory)
      .filter(name => name.startsWith(this.prefix))
      .map(name => Number(name.slice(this.prefix.length)))
      .filter(Number.isSafeInteger)
      .sort((a, b) => a - b);
  }

  name(generation) {
    return path.join(this.directory, this.prefix + generation);
  }

  append(change) {
    this.file ??= fs.openSync(this.name(++this.generation), 'a');
    const line = Buffer.from(JSON.stringify(change) + '\n');
    for (let written = 0; written < line.length;) {
      written += fs.writeSync(this.file, line, written);
    }
  }

  // What is appended from now on belongs to the next file. Returns the last generation that a save begun now will cover.
  rotate() {
    if (this.file !== undefined) {
      fs.closeSync(this.file);
      this.file = undefined;
    }
    return this.generation;
  }

  removeUpTo(generation) {
    for (const old of this.generations()) {
      if (old <= generation) {
        fs.rmSync(this.name(old), { force: true });
      }
    }
  }

  // Applying a change twice, or one that the saved database already holds, ends the same: the last word on a document wins.
  replay(database) {
    const documents = new Map(database.collections.map(c => [c.name, { collection: c, byId: new Map(c.data.map(d => [d.$loki, d])) }]));
    const changed = new Set();
    for (const generation of this.generations()) {
      for (const line of fs.readFileSync(this.name(generation), 'utf8').split('\n')) {
        let change;
        try {
          change = JSON.parse(line);
        } catch {
          continue; // The empty end of the file, or a line whose writing was cut off: it was never acknowledged.
        }
        const target = documents.get(change.in);
        if (target === undefined) {
          continue;
        }
        changed.add(target);
        if (change.put !== undefined) {
          target.byId.set(change.put.$loki, change.put);
          target.collection.maxId = Math.max(target.collection.maxId, change.put.$loki);
        } else {
          target.byId.delete(change.remove);
        }
      }
    }
    for (const { collection, byId } of changed) {
      collection.data = [...byId.values()].sort((a, b) => a.$loki - b.$loki);
    }
    return changed.size > 0;
  }
}

function journalOf(database) {
  let journal = journals.get(database);
  if (journal === undefined) {
    journals.set(database, journal = new Journal(database));
  }
  return journal;
}

const addCollection = Loki.prototype.addCollection;
Loki.prototype.addCollection = function (name, ...rest) {
  const known = this.collections.some(c => c.name === name);
  const collection = addCollection.call(this, name, ...rest);
  if (!known && this.filename) {
    const journal = journalOf(this.filename);
    const put = documents => [documents].flat().forEach(document => journal.append({ in: name, put: document }));
    collection.on('insert', put);
    collection.on('update', put);
    collection.on('delete', document => journal.append({ in: name, remove: document.$loki }));
  }
  return collection;
};

const load = Loki.LokiFsAdapter.prototype.loadDatabase;
Loki.LokiFsAdapter.prototype.loadDatabase = function (filename, callback) {
  load.call(this, filename, loaded => {
    if (typeof loaded !== 'string') {
      callback(loaded);
      return;
    }
    try {
      const database = JSON.parse(loaded);
      journalOf(filename).replay(database);
      callback(database);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)));
    }
  });
};

// The saved indexes are those of the saved documents, not of the replayed ones.
const loadObject = Loki.prototype.loadJSONObject;
Loki.prototype.loadJSONObject = function (...args) {
  loadObject.apply(this, args);
  this.collections.forEach(collection => collection.ensureAllIndexes(true));
};

const save = Loki.LokiFsAdapter.prototype.saveDatabase;
Loki.LokiFsAdapter.prototype.saveDatabase = function (filename, text, callback) {
  const journal = journalOf(filename);
  const covered = journal.rotate();
  save.call(this, filename, text, error => {
    if (!error) {
      journal.removeUpTo(covered);
    }
    callback(error);
  });
};

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
