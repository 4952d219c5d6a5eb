import './workers.js';
import './main.css';

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';

import { loadExamples, tabs, wanted } from './examples.js';

const fetcher = createGraphiQLFetcher({ url: '/graphql' });

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
