'use strict';

var express = require('express');
var config = require('./lib/config');
var products = require('./routes/products');
var status = require('./routes/status');

var app = express();

app.disable('x-powered-by');
app.use('/status', status);
app.use('/products', products);

app.use(function (req, res) {
  res.status(404).json({ error: 'not found' });
});

app.use(function (err, req, res, next) { // eslint-disable-line no-unused-vars
  console.error(new Date().toISOString(), req.method, req.url, err.code || err.message);
  res.status(err.status || 503).json({ error: 'temporarily unavailable' });
});

var server = app.listen(process.env.PORT || config.port, function () {
  console.log('catalog listening on %d', server.address().port);
});

process.on('SIGTERM', function () {
  server.close(function () { process.exit(0); });
});
