# fabric 1.14, python 2
from fabric.api import cd, env, run, sudo, task

env.user = 'deploy'
env.forward_agent = True
HOME = '/srv/shop'


@task
def production():
    env.hosts = ['app01.corp.example', 'app02.corp.example']


@task
def deploy(branch='master'):
    with cd(HOME):
        run('git fetch && git checkout -f origin/%s' % branch)
        run('venv/bin/pip install -r requirements.txt')
        run('venv/bin/python manage.py migrate --noinput')
        run('venv/bin/python manage.py collectstatic --noinput')
    sudo('supervisorctl restart shop-web shop-worker shop-beat')
