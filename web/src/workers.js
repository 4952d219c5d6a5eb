// Where the editor finds its workers: beside this script, on this server. It
// must be imported before the editor.
const workers = { json: 'json.worker.js', graphql: 'graphql.worker.js' };

globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    const file = workers[label] ?? 'editor.worker.js';
    return new Worker(new URL(file, import.meta.url), { name: label, type: 'module' });
  },
};
