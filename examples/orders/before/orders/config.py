import configparser
import os

SECRET_KEY = os.environ["SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", "postgresql://orders@localhost/orders")
SQLALCHEMY_TRACK_MODIFICATIONS = False

REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
LOG_LEVEL = os.environ.get("LOG_LEVEL", "info")

# the ERP: address and account; the certificate is checked against the company's own CA
ERP_URL = os.environ.get("ERP_URL", "https://erp.corp.example:8443/soap")
ERP_PASSWORD = os.environ.get("ERP_PASSWORD")

INVOICES = os.environ.get("INVOICES_DIR", "/var/lib/orders/invoices")

# what a customer is told and charged; Puppet writes it, the accountants change it
tariffs = configparser.ConfigParser()
tariffs.read(os.environ.get("TARIFFS", "/etc/orders/tariffs.ini"))

# the accounts that are booked to, and the archive that gets every invoice
booking = configparser.ConfigParser()
booking.read(["/etc/orders/booking.ini", "/etc/orders/archive.ini"])
