import { loadConfig } from '@mythical/common/config';
import { connectionOptions } from '@mythical/common/database';
import { serverSettings } from '@mythical/common/settings';
import express from 'express';
import pg from 'pg';

/** The same API with only express and pg: the cost of the server without instrumentation. */
const settings = loadConfig(serverSettings);
const pool = new pg.Pool({ ...connectionOptions(settings), max: settings.POSTGRES_POOL_SIZE });
const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.get('/readyz', (_request, response) => void response.json({ status: 'ready' }));
app
  .route('/:beast')
  .get(async (request, response) => {
    const { rows } = await pool.query({
      name: 'list-beasts',
      text: 'select name from beasts where kind = $1 and name > $2 order by name limit $3',
      values: [request.params.beast, '', Number(request.query.limit ?? 100)],
    });
    response.json(rows);
  })
  .post(express.json(), async (request, response) => {
    const values = [request.params.beast, request.body.name];
    await pool.query({ name: 'add-beast', text: 'insert into beasts (kind, name) values ($1, $2)', values });
    response.status(201).json({ name: request.body.name });
  })
  .delete(express.json(), async (request, response) => {
    const values = [request.params.beast, request.body.name];
    await pool.query({ name: 'remove-beast', text: 'delete from beasts where kind = $1 and name = $2', values });
    response.status(204).end();
  });
app.listen(settings.PORT, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
