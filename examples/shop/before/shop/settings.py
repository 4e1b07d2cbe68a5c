import os

BASE_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

DEBUG = os.environ.get('DEBUG', 'false') == 'true'
SECRET_KEY = os.environ.get('SECRET_KEY', 'dev-7f3k2m9x-only')
ALLOWED_HOSTS = os.environ.get('ALLOWED_HOSTS', '*').split(',')

INSTALLED_APPS = [
    'django.contrib.admin',
    'django.contrib.auth',
    'django.contrib.contenttypes',
    'django.contrib.sessions',
    'django.contrib.messages',
    'django.contrib.staticfiles',
    'raven.contrib.django.raven_compat',
    'orders',
]

MIDDLEWARE = [
    'django.middleware.security.SecurityMiddleware',
    'django.contrib.sessions.middleware.SessionMiddleware',
    'django.middleware.common.CommonMiddleware',
    'django.middleware.csrf.CsrfViewMiddleware',
    'django.contrib.auth.middleware.AuthenticationMiddleware',
    'django.contrib.messages.middleware.MessageMiddleware',
]

ROOT_URLCONF = 'shop.urls'
WSGI_APPLICATION = 'shop.wsgi.application'

TEMPLATES = [
    {
        'BACKEND': 'django.template.backends.django.DjangoTemplates',
        'APP_DIRS': True,
        'OPTIONS': {
            'context_processors': [
                'django.template.context_processors.request',
                'django.contrib.auth.context_processors.auth',
                'django.contrib.messages.context_processors.messages',
            ],
        },
    },
]

DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.postgresql',
        'NAME': os.environ.get('DB_NAME', 'shop'),
        'USER': os.environ.get('DB_USER', 'shop'),
        'PASSWORD': os.environ.get('DB_PASSWORD', ''),
        'HOST': os.environ.get('DB_HOST', 'db01.corp.example'),
        'PORT': os.environ.get('DB_PORT', '5432'),
    }
}

# The password is in the crontab of deploy@app01. Do not ask.
CELERY_BROKER_URL = 'amqp://%s:%s@%s:5672/shop' % (
    os.environ.get('RABBITMQ_USER', 'shop'),
    os.environ.get('RABBITMQ_PASSWORD', ''),
    os.environ.get('RABBITMQ_HOST', 'mq01.corp.example'),
)
CELERY_TASK_IGNORE_RESULT = True

ERP_URL = os.environ.get('ERP_URL', 'https://erp.corp.example:8443/api')
ERP_TIMEOUT = 5

EMAIL_HOST = os.environ.get('EMAIL_HOST', 'mail.corp.example')
DEFAULT_FROM_EMAIL = 'shop@corp.example'

RAVEN_CONFIG = {'dsn': os.environ.get('SENTRY_DSN', '')}

LANGUAGE_CODE = 'en-us'
TIME_ZONE = 'Europe/Warsaw'
USE_I18N = True
USE_L10N = True
USE_TZ = True

STATIC_URL = '/static/'
STATIC_ROOT = os.path.join(BASE_DIR, 'static')

# Invoices and product pictures; NFS on app01 and app02
MEDIA_URL = '/media/'
MEDIA_ROOT = os.path.join(BASE_DIR, 'media')
