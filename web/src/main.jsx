import './workers.js';
import './main.css';

import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';

import { loadExamples, runsByItself, tabs, wanted } from './examples.js';
import { fetcher } from './fetcher.js';

/** Runs the operation of the first tab when the editors are there. */
function FirstAnswer() {
  const { run } = useGraphiQLActions();
  const ready = useGraphiQL(({ queryEditor, variableEditor, responseEditor }) => Boolean(queryEditor && variableEditor && responseEditor));
  useEffect(() => {
    if (ready) {
      run();
    }
  }, [ready, run]);
  return null;
}

function IDE({ examples }) {
  const first = wanted(examples, location.search);
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={tabs(examples, first)}
      initialQuery={first?.query}
      initialVariables={first?.variables}
      defaultEditorToolsVisibility="variables"
      shouldPersistHeaders
      schemaDescription
      inputValueDeprecation
    >
      <GraphiQL.Logo>
        {runsByItself(first, examples) && <FirstAnswer />}
        <a className="estate" href="/">
          Releasegraph
        </a>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}

const examples = await loadExamples();
createRoot(document.getElementById('graphiql')).render(<IDE examples={examples} />);
