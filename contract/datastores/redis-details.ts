import type { DatastoreDetails } from './datastore.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** Those of passwords and switches: taken for patterns of keys, they would show a password, or close every key. */
const serverWords =
  /^(on|off|nopass|reset(pass|keys|channels)?|all(keys|channels|commands)|nocommands|clearselectors|(skip-)?sanitize-payload)$/i;

export const redisDetails = {
  metrics: [
    { key: 'hitRatio', title: 'Hits among reads', unit: 'ratio' },
    { key: 'connections', title: 'Connections', unit: 'count' },
    { key: 'blockedConnections', title: 'Connections that wait for data', unit: 'count' },
    { key: 'keys', title: 'Keys', unit: 'count' },
    { key: 'memoryBytes', title: 'Memory used by data', unit: 'bytes' },
    { key: 'fragmentationRatio', title: 'Memory lost to fragmentation', unit: 'ratio' },
    { key: 'evictionsPerSecond', title: 'Evictions', unit: 'per-second' },
    { key: 'expirationsPerSecond', title: 'Expired keys', unit: 'per-second' },
    { key: 'appendOnlyFileBytes', title: 'Append-only file', unit: 'bytes' },
    { key: 'rewriting', title: 'Rewrites of the file going on', unit: 'count' },
  ],
  occasions: [
    {
      title: 'Last RDB save',
      ageKey: 'saveAgeMs',
      failedKey: 'saveFailed',
      never: 'none since the start: the append-only file keeps the data',
    },
    { title: 'Last AOF rewrite', ageKey: 'rewriteAgeMs', failedKey: 'rewriteFailed', never: 'none since the start' },
  ],
  nameHints: { user: 'Up to 63 bytes, without spaces.' },
  rules: {
    hint: 'With spaces between, such as ~cart:* %R~stock:* &news:* -@write +incr. Keys: ~ both, %R~ read, %W~ write. Channels: &. Commands and their kinds: + gives, - takes, later ones win. Without keys or channels: all of them.',
    toGrant: (typed) => (/^[~%&+<>#!()-]/.test(typed) || serverWords.test(typed) ? typed : `~${typed}`),
  },
  parameters: {
    maxmemory: { title: 'Memory for data', type: 'integer', unit: 'bytes', min: 16 * MiB, max: 16 * 1024 * GiB, needsRestart: false },
    'maxmemory-policy': {
      title: 'When that is full',
      type: 'enum',
      values: [
        ...['noeviction', 'allkeys-lru', 'allkeys-lfu', 'allkeys-random'],
        ...['volatile-lru', 'volatile-lfu', 'volatile-random', 'volatile-ttl'],
      ],
      needsRestart: false,
    },
    'maxmemory-samples': { title: 'Keys looked at per eviction', type: 'integer', min: 1, max: 64, needsRestart: false },
    'lfu-log-factor': { title: 'LFU counter’s logarithm', type: 'integer', min: 0, max: 1000, needsRestart: false },
    'lfu-decay-time': { title: 'LFU counter halves after', type: 'integer', unit: 'min', min: 0, max: 100_000, needsRestart: false },
    maxclients: { title: 'Connections at most', type: 'integer', min: 16, max: 100_000, needsRestart: false },
    timeout: { title: 'Idle connection time-out', type: 'integer', unit: 's', min: 0, max: 31_536_000, needsRestart: false },
    'tcp-keepalive': { title: 'Keep-alive interval', type: 'integer', unit: 's', min: 0, max: 86_400, needsRestart: false },
    appendfsync: { title: 'Writes reach the disk', type: 'enum', values: ['always', 'everysec'], needsRestart: false },
    'auto-aof-rewrite-percentage': {
      title: 'Rewrite the file when grown by',
      type: 'integer',
      unit: '%',
      min: 10,
      max: 1000,
      needsRestart: false,
    },
    'slowlog-log-slower-than': {
      title: 'Log commands slower than',
      type: 'integer',
      unit: 'µs',
      min: -1,
      max: 3_600_000_000,
      needsRestart: false,
    },
    'latency-monitor-threshold': {
      title: 'Watch events slower than',
      type: 'integer',
      unit: 'ms',
      min: 0,
      max: 3_600_000,
      needsRestart: false,
    },
    'notify-keyspace-events': { title: 'Events published about keys', type: 'string', needsRestart: false },
    'busy-reply-threshold': { title: 'A script is slow after', type: 'integer', unit: 'ms', min: 1, max: 3_600_000, needsRestart: false },
    'hash-max-listpack-entries': { title: 'Fields of a compact hash', type: 'integer', min: 0, max: 1_000_000, needsRestart: false },
    'set-max-intset-entries': { title: 'Members of a compact set', type: 'integer', min: 0, max: 1_000_000, needsRestart: false },
    'zset-max-listpack-entries': { title: 'Members of a compact sorted set', type: 'integer', min: 0, max: 1_000_000, needsRestart: false },
    'lazyfree-lazy-eviction': { title: 'Evict beside other work', type: 'boolean', needsRestart: false },
    'lazyfree-lazy-expire': { title: 'Expire beside other work', type: 'boolean', needsRestart: false },
    'lazyfree-lazy-user-del': { title: 'DEL beside other work', type: 'boolean', needsRestart: false },
    'lazyfree-lazy-user-flush': { title: 'FLUSHDB beside other work', type: 'boolean', needsRestart: false },
    loglevel: { title: 'Log', type: 'enum', values: ['verbose', 'notice', 'warning'], needsRestart: false },
    'io-threads': { title: 'Threads for connections', type: 'integer', min: 1, max: 16, needsRestart: true },
    'tcp-backlog': { title: 'Connections waiting at most', type: 'integer', min: 16, max: 65_535, needsRestart: true },
  },
  snippets: [
    {
      key: 'redis-cli',
      title: 'redis-cli',
      template: "redis-cli --tls --cacert {caFile} -h {host} -p {port} -n '{database|shell}' --user '{user|shell}' --askpass",
    },
    {
      key: 'uri',
      title: 'URI',
      template: 'rediss://{user|uri}:{password|uri}@{host}:{port}/{database|uri}',
    },
    {
      key: 'node',
      title: 'Node',
      template:
        "import { readFileSync } from 'node:fs';\nimport { createClient } from 'redis';\n\nconst client = createClient({\n  username: '{user|single}',\n  password: process.env.REDISCLI_AUTH,\n  database: {database},\n  socket: {\n    host: '{host}',\n    port: {port},\n    tls: true,\n    ca: readFileSync('{caFile}', 'utf8'),\n  },\n});\nawait client.connect();",
    },
    {
      key: 'python',
      title: 'Python',
      template:
        'import os\nimport redis\n\nclient = redis.Redis(\n    host="{host}",\n    port={port},\n    db={database},\n    username="{user|double}",\n    password=os.environ["REDISCLI_AUTH"],\n    ssl=True,\n    ssl_ca_certs="{caFile}",\n    ssl_check_hostname=True,\n)',
    },
    {
      key: 'java',
      title: 'Java',
      template:
        'var uri = RedisURI.builder()\n    .withHost("{host}")\n    .withPort({port})\n    .withDatabase({database})\n    .withSsl(true)\n    .withAuthentication("{user|double}", System.getenv("REDISCLI_AUTH").toCharArray())\n    .build();\nvar client = RedisClient.create(uri);\nclient.setOptions(ClientOptions.builder()\n    .sslOptions(SslOptions.builder().trustManager(new File("{caFile}")).build())\n    .build());\nvar connection = client.connect();',
    },
    {
      key: 'go',
      title: 'Go',
      template:
        'pem, err := os.ReadFile("{caFile}")\nif err != nil {\n\tlog.Fatal(err)\n}\nroots := x509.NewCertPool()\nroots.AppendCertsFromPEM(pem)\nclient := redis.NewClient(&redis.Options{\n\tAddr:      "{host}:{port}",\n\tDB:        {database},\n\tUsername:  "{user|double}",\n\tPassword:  os.Getenv("REDISCLI_AUTH"),\n\tTLSConfig: &tls.Config{RootCAs: roots, ServerName: "{host}"},\n})',
    },
  ],
} as const satisfies DatastoreDetails;
