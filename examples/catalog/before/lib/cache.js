'use strict';

var redis = require('redis');
var config = require('./config');

var client = null;

function connect() {
  if (client) return client;
  client = redis.createClient(config.redis.port, config.redis.host, {
    enable_offline_queue: false,
    retry_strategy: function (options) { return Math.min(options.attempt * 500, 10000); }
  });
  client.on('error', function (err) { console.error('redis:', err.code || err.message); });
  return client;
}

// Without a cache the catalog is slow, not down: errors count as a miss.
exports.get = function (key, done) {
  connect().get('catalog:' + key, function (err, text) {
    done(err || !text ? null : JSON.parse(text));
  });
};

exports.set = function (key, value) {
  connect().setex('catalog:' + key, config.cacheSeconds, JSON.stringify(value), function () {});
};
