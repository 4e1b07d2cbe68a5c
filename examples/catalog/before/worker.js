'use strict';

// Warms the cache; runs on web01 only, started by hand in a screen session.
var cache = require('./lib/cache');
var config = require('./lib/config');
var db = require('./lib/db');

function warm() {
  db.query('SELECT id, sku, name, price FROM products ORDER BY name LIMIT 100', [], function (err, rows) {
    if (err) {
      console.error('warm:', err.code || err.message);
      return;
    }
    cache.set('products', rows);
    console.log('warm: %d products', rows.length);
  });
}

warm();
setInterval(warm, config.cacheSeconds * 500);
