'use strict';

var env = process.env.NODE_ENV || 'development';
var config = require('../config/default.json');

if (env === 'production') {
  var production = require('../config/production.json');
  Object.keys(production).forEach(function (key) {
    config[key] = Object.assign({}, config[key], production[key]);
  });
}

config.mysql.host = process.env.DB_HOST || config.mysql.host;
config.mysql.password = process.env.DB_PASSWORD || config.mysql.password;
config.redis.host = process.env.REDIS_HOST || config.redis.host;
config.images.url = process.env.IMAGES_URL || config.images.url;

module.exports = config;
