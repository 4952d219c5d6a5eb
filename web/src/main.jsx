import './workers.js';
import './main.css';

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws';
import { createRoot } from 'react-dom/client';

import { loadExamples, tabs, wanted } from './examples.js';

// Subscriptions go over a socket, which is opened with the first of them.
const wsClient = createClient({ url: new URL('/graphql', location.href).href.replace(/^http/, 'ws') });
const fetcher = createGraphiQLFetcher({ url: '/graphql', wsClient });

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
        <a className="estate" href="/">
          Releasegraph
        </a>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}

const examples = await loadExamples();
createRoot(document.getElementById('graphiql')).render(<IDE examples={examples} />);
