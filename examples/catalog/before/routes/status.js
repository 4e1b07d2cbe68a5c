'use strict';

var express = require('express');
var version = require('../package.json').version;

var router = express.Router();

// haproxy asks this one
router.get('/', function (req, res) {
  res.json({ status: 'ok', version: version, uptime: Math.round(process.uptime()) });
});

module.exports = router;
