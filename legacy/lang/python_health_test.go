package lang

import "testing"

func TestFlaskRoutesWithoutSlash(t *testing.T) {
	runCases(t, Python(), []readerCase{{"routes of a blueprint with a prefix that begin without a slash", files{"requirements.txt": "flask\n", "wsgi.py": "from flask import Flask\napp = Flask(__name__)\n", "ops.py": "from flask import Blueprint\nbp = Blueprint('ops', __name__, url_prefix='/ops')\n@bp.route('healthz')\ndef up():\n    return 'ok'\n"},
		[]string{".: health /ops/healthz"}, nil}})
}
