package lang

import (
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// phpFrameworks are the frameworks and applications by package; what builds upon another stands before it.
var phpFrameworks = []struct{ pkg, name string }{
	{"laravel/lumen-framework", "lumen"}, {"laravel/framework", "laravel"}, {"drupal/core", "drupal"}, {"drupal/core-recommended", "drupal"}, {"drupal/drupal", "drupal"}, {"flarum/core", "flarum"}, {"craftcms/cms", "craft"}, {"october/rain", "october"}, {"concrete5/core", "concrete"}, {"concretecms/core", "concrete"}, {"silverstripe/framework", "silverstripe"}, {"shopware/core", "shopware"}, {"roots/wordpress", "wordpress"}, {"johnpbloch/wordpress", "wordpress"},
	{"johnpbloch/wordpress-core", "wordpress"}, {"magento/product-community-edition", "magento"}, {"typo3/cms-core", "typo3"}, {"typo3/cms", "typo3"}, {"cakephp/cakephp", "cakephp"}, {"yiisoft/yii2", "yii"}, {"yiisoft/yii", "yii"}, {"codeigniter4/framework", "codeigniter"}, {"codeigniter/framework", "codeigniter"},
	{"symfony/symfony", "symfony"}, {"symfony/framework-bundle", "symfony"}, {"api-platform/core", "symfony"}, {"sylius/sylius", "symfony"}, {"silex/silex", "silex"}, {"slim/slim", "slim"}, {"zendframework/zendframework", "zend"}, {"zendframework/zend-mvc", "zend"}, {"laminas/laminas-mvc", "laminas"}, {"mezzio/mezzio", "mezzio"}, {"zendframework/zend-expressive", "mezzio"}, {"hyperf/framework", "hyperf"},
	{"nette/application", "nette"}, {"ext-phalcon", "phalcon"}, {"fuel/core", "fuelphp"}, {"flightphp/core", "flight"}, {"mikecao/flight", "flight"},
}

// phpLayouts tell a framework by files of its own.
var phpLayouts = []struct{ file, name string }{
	{"wp-settings.php", "wordpress"}, {"wp-config-sample.php", "wordpress"}, {"wp-config.php", "wordpress"}, {"core/lib/Drupal.php", "drupal"}, {"includes/bootstrap.inc", "drupal"}, {"web/core/lib/Drupal.php", "drupal"}, {"artisan", "laravel"},
	{"system/core/CodeIgniter.php", "codeigniter"}, {"lib/Cake/bootstrap.php", "cakephp"}, {"app/AppKernel.php", "symfony"}, {"libraries/joomla/factory.php", "joomla"}, {"includes/DefaultSettings.php", "mediawiki"}, {"app/Mage.php", "magento"}, {"symfony.lock", "symfony"}, {"config/bundles.php", "symfony"},
	{"bin/cake", "cakephp"}, {"app/Config/core.php", "cakephp"}, {"application/configs/application.ini", "zend"}, {"yii", "yii"}, {"protected/config/main.php", "yii"}, {"spark", "codeigniter"}, {"matomo.php", "matomo"}, {"piwik.php", "matomo"},
}

func (p *phpProject) findFramework() {
	for _, f := range phpFrameworks {
		if line, ok := p.requires(f.pkg); ok {
			p.framework = f.name
			p.find(service.Service{Framework: f.name}, p.manifest, line, scan.Declared, "")
			return
		}
	}
	for _, l := range phpLayouts {
		if file := p.first(l.file); file != "" {
			p.framework = l.name
			p.find(service.Service{Framework: l.name}, file, 1, scan.Declared, "")
			return
		}
	}
	if file, line := p.kohana(); line > 0 {
		p.framework = "kohana"
		p.find(service.Service{Framework: p.framework}, file, line, scan.Declared, "")
	}
}

// kohana is where an application starts Kohana, whose own code is often kept elsewhere; line 0 where none does.
func (p *phpProject) kohana() (file string, line int) {
	if file = p.first("application/bootstrap.php"); file == "" {
		return "", 0
	}
	return file, scan.LineOf(p.t.Text(file, p.r), startsKohana)
}

var startsKohana = scan.MustCompile(`(?m)^[ \t]*Kohana::(?:init|modules)\b`)
