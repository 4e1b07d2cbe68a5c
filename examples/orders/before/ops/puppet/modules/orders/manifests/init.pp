# The orders service on web1 and web2.
class orders (
  Integer $port             = 8000,
  Integer $workers          = 2,
  String  $log_level        = 'info',
  String  $vhost            = $facts['networking']['fqdn'],
  String  $upload_limit     = '1m',
  String  $db_host          = 'localhost',
  String  $db_password      = undef,
  String  $redis_host       = 'localhost',
  String  $erp_url          = undef,
  String  $erp_password     = undef,
  String  $secret_key       = undef,
  String  $revenue_account  = '4400',
  String  $archive_password = undef,
  String  $nagios_server    = '127.0.0.1',
) {
  # psycopg2 is built from source; invoices are made with wkhtmltopdf
  package { ['python3.8', 'python3.8-venv', 'libpq-dev', 'wkhtmltopdf', 'fonts-liberation']:
    ensure => installed,
  }

  user { 'orders':
    ensure => present,
    system => true,
    home   => '/srv/orders',
    shell  => '/usr/sbin/nologin',
  }

  file { ['/srv/orders', '/etc/orders', '/var/lib/orders', '/var/lib/orders/invoices', '/var/log/orders']:
    ensure => directory,
    owner  => 'orders',
    group  => 'orders',
    mode   => '0750',
  }

  # NFS: both machines write invoices, the accountants read them
  mount { '/var/lib/orders/invoices':
    ensure  => mounted,
    device  => 'nas1.corp.example:/export/invoices',
    fstype  => 'nfs',
    options => 'rw,hard',
    atboot  => true,
  }

  file { '/etc/orders/tariffs.ini':
    ensure => file,
    source => 'puppet:///modules/orders/tariffs.ini',
    owner  => 'orders',
  }

  file { '/etc/orders/booking.ini':
    ensure  => file,
    content => template('orders/booking.ini.erb'),
  }

  file { '/etc/orders/archive.ini':
    ensure  => file,
    content => template('orders/archive.ini.erb'),
    mode    => '0640',
  }

  file { '/etc/default/orders':
    ensure  => file,
    content => template('orders/orders.default.erb'),
    owner   => 'root',
    group   => 'orders',
    mode    => '0640',
    notify  => Service['orders'],
  }

  service { ['orders', 'orders-worker']:
    ensure => running,
    enable => true,
  }

  cron { 'nightly-invoices':
    command => 'cd /srv/orders && . /etc/default/orders && venv/bin/flask invoices >> /var/log/orders/invoices.log 2>&1',
    user    => 'orders',
    hour    => 2,
    minute  => 30,
  }

  nginx::resource::server { $vhost:
    proxy                => "http://127.0.0.1:${port}",
    client_max_body_size => $upload_limit,
  }
}
