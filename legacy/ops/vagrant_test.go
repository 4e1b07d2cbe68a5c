package ops

import "testing"

const vagrantShop = `# config.vm.network "forwarded_port", guest: 1, host: 1
$script = <<SCRIPT
  export DB_PASSWORD=canary-vagrant
  sudo apt-get install -y python3-pip postgresql-10 \
    libpq5
  service apache2 restart
SCRIPT
Vagrant.configure("2") do |config|
  config.vm.box = "ubuntu/trusty64"
  config.vm.network "forwarded_port", guest: 8000, host: 80
  config.vm.network :forwarded_port, host: 6379, guest: 6379
  config.vm.network "forwarded_port", guest: 22, host: 2222
  config.vm.synced_folder ".", "/vagrant"
  config.vm.synced_folder "../data", "/srv/data"
  config.vm.provision "shell", path: "bin/setup.sh"
  config.vm.provision "shell", path: "bin/gone.sh"
  config.vm.provision "ansible" do |a|
    a.playbook = "ops/site.yml"
  end
  config.vm.provision :shell, inline: $script
end
`

func TestVagrant(t *testing.T) {
	runCases(t, Vagrant(), []readerCase{
		{"one service", files{"manage.py": "", "bin/setup.sh": "yum install -y mysql-server\nsystemctl enable nginx\n", "Vagrantfile": vagrantShop}, []string{
			".: port 8000 <- Vagrantfile:10 guess", ".: need postgres |||:0 <- Vagrantfile:4 guess", ".: need redis |||:0 <- Vagrantfile:11 guess",
			"note Vagrantfile:9 developers run it on a machine of ubuntu/trusty64", "note Vagrantfile:14 the machine of developers shares ../data", "note Vagrantfile:4 the machine of developers gets these packages: python3-pip, postgresql-10, libpq5",
			"note Vagrantfile:6 the machine of developers starts apache2", "note bin/setup.sh:1 the machine of developers gets these packages: mysql-server", "note Vagrantfile:16 the machine is set up by bin/gone.sh, which is not here", "note Vagrantfile:18 the machine is set up by configuration management (ops/site.yml)",
		}, []string{"canary", "port 22", "need mysql"}},
		{"old syntax", files{"manage.py": "", "Vagrantfile": "Vagrant::Config.run do |config|\n config.vm.forward_port 8000, 8001\n config.vm.forward_port(\"db\", 5432, 5432)\nend\n"}, []string{".: port 8000 <- Vagrantfile:2", ".: need postgres"}, nil},
		{"several ports are none", files{"a": "", "Vagrantfile": "c.vm.network :forwarded_port, guest: 4000\nc.vm.network :forwarded_port, :guest => 8000\n"}, []string{"note Vagrantfile:1 developers reach several ports of the machine: 4000, 8000"}, []string{".: port"}},
	})
}

func FuzzVagrant(f *testing.F) {
	f.Add(vagrantShop)
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, Vagrant(), files{"manage.py": "", "x.sh": text, "Vagrantfile": text + "\nc.vm.provision \"shell\", path: \"x.sh\"\n"}))
	})
}
